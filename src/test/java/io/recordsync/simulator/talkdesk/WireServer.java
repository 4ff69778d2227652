package io.recordsync.simulator.talkdesk;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Clock;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ServerSocketFactory;

/**
 * A small HTTP/1.1 server on the loopback interface whose handler decides how each call ends on the wire.
 *
 * <p>Keeps connections alive; one daemon thread a connection. It is written by hand because ready-made servers do not
 * let a call end in a reset, a truncated body or never. Thread-safe.
 */
final class WireServer implements AutoCloseable {

    /** Serves one request; an IOException ends the connection. */
    interface Handler {
        void serve(Request request, Connection connection) throws IOException;
    }

    private final ServerSocketFactory sockets;
    private final Clock clock;
    private final Handler handler;
    private final ExecutorService threads;
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final AtomicInteger accepted = new AtomicInteger();
    private final int port;
    private volatile ServerSocket listener;
    private volatile CompletableFuture<Void> accepting;
    private volatile CountDownLatch ice = new CountDownLatch(0);

    WireServer(int port, ServerSocketFactory sockets, Clock clock, Handler handler) {
        this.clock = clock;
        this.sockets = sockets;
        this.handler = handler;
        AtomicInteger number = new AtomicInteger();
        threads = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "talkdesk-simulator-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        listener = listen(port);
        this.port = listener.getLocalPort();
        accepting = accept(listener);
    }

    int port() {
        return port;
    }

    /** How many connections came in since the start. */
    int accepted() {
        return accepted.get();
    }

    /** Refuses new connections and cuts those that exist. */
    synchronized void stopListening() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        // The thread that accepts holds the socket open in the kernel until it has left: till then clients get in.
        accepting.join();
        connections.forEach(Connection::cut);
    }

    /** Takes connections again, on the same port. */
    synchronized void listenAgain() {
        if (listener.isClosed()) {
            listener = listen(port);
            accepting = accept(listener);
        }
    }

    /** While on, connections are accepted, or stay open, and nothing is read or answered on them. */
    synchronized void freeze(boolean on) {
        ice.countDown();
        ice = new CountDownLatch(on ? 1 : 0);
    }

    @Override
    public void close() {
        stopListening();
        threads.shutdownNow();
    }

    private ServerSocket listen(int port) {
        try {
            ServerSocket socket = sockets.createServerSocket();
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1024);
            return socket;
        } catch (IOException e) {
            throw new UncheckedIOException("Talkdesk simulator cannot listen on port " + port, e);
        }
    }

    private CompletableFuture<Void> accept(ServerSocket from) {
        return CompletableFuture.runAsync(() -> acceptUntilClosed(from), threads);
    }

    private void acceptUntilClosed(ServerSocket from) {
        while (!from.isClosed()) {
            try {
                Socket socket = from.accept();
                accepted.incrementAndGet();
                threads.execute(() -> serve(socket, from));
            } catch (IOException e) {
                // Closed, and the loop ends; or one client gave up before it was accepted.
            }
        }
    }

    private void serve(Socket socket, ServerSocket from) {
        Connection connection = null;
        try (socket) {
            ice.await();
            connection = new Connection(socket, clock);
            connections.add(connection);
            if (from.isClosed()) {
                return;
            }
            for (Request request = connection.next(); request != null; request = connection.next()) {
                ice.await();
                handler.serve(request, connection);
                if (request.header("Connection").equalsIgnoreCase("close")) {
                    return;
                }
            }
        } catch (IOException e) {
            // The client went away, or was cut off on purpose.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            if (connection != null) {
                connections.remove(connection);
            }
        }
    }
}
