package io.recordsync.simulator.salesforce;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;

/**
 * A TCP port that passes bytes to a server behind it, until it is told to misbehave.
 *
 * <p>It fails as networks do, below the protocol: connections are reset, refused to newcomers, or stay open and carry
 * nothing. With TLS it is the end of it: the server behind it speaks in the clear. Thread-safe; its threads are daemons.
 */
final class TcpRelay implements AutoCloseable {

    private final ServerSocket listener;
    private final int target;
    private final Answers answers;
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final AtomicInteger accepted = new AtomicInteger();
    private volatile boolean refusing;
    private volatile boolean frozen;

    /** Looks at what the server sends before it is passed on, and may change it in its place. */
    interface Answers {
        void pass(byte[] bytes, int length);
    }

    /** Listens on a port of 127.0.0.1 (0 = any that is free) and passes to another. */
    TcpRelay(int port, int target, SSLContext tls) {
        this(port, target, tls, (bytes, length) -> {});
    }

    /** @param tls null: none */
    TcpRelay(int port, int target, SSLContext tls, Answers answers) {
        this.target = target;
        this.answers = answers;
        try {
            listener = tls == null ? new ServerSocket() : secure(tls);
            listener.setReuseAddress(true);
            listener.bind(new InetSocketAddress(loopback(), port));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot listen on 127.0.0.1:" + port, e);
        }
        daemon("relay-" + port(), this::accept);
    }

    private static ServerSocket secure(SSLContext tls) throws IOException {
        SSLServerSocket socket = (SSLServerSocket) tls.getServerSocketFactory().createServerSocket();
        SSLParameters parameters = socket.getSSLParameters();
        // gRPC takes no connection on which HTTP/2 was not agreed.
        parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
        socket.setSSLParameters(parameters);
        return socket;
    }

    int port() {
        return listener.getLocalPort();
    }

    /** How many connections came in since the start. */
    int accepted() {
        return accepted.get();
    }

    /** Resets every connection. */
    void cut() {
        connections.forEach(Connection::reset);
    }

    /** Resets every connection, and each new one at once, until told otherwise. */
    void refuse(boolean on) {
        refusing = on;
        if (on) {
            cut();
        }
    }

    /** While on, connections are accepted, or stay open, and nothing is answered on them, not even a handshake of TLS. */
    void freeze(boolean on) {
        frozen = on;
        if (on) {
            silence();
        } else {
            resume();
        }
    }

    /** Withholds what the server sends on the connections that are open now; a new connection works. */
    void silence() {
        connections.forEach(Connection::hold);
    }

    /** Sends what was withheld, and goes on. */
    void resume() {
        connections.forEach(Connection::release);
    }

    @Override
    public void close() {
        refusing = true;
        closeQuietly(listener);
        cut();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                accepted.incrementAndGet();
                client.setTcpNoDelay(true);
                if (refusing) {
                    reset(client);
                    continue;
                }
                Socket server = new Socket(loopback(), target);
                server.setTcpNoDelay(true);
                new Connection(client, server).start();
            } catch (IOException e) {
                // The listener was closed, or one connection came to nothing: its client sees that.
            }
        }
    }

    private static InetAddress loopback() {
        return InetAddress.getLoopbackAddress();
    }

    private static void daemon(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    private static void reset(Socket socket) {
        try {
            // A linger of zero makes close send RST instead of FIN.
            socket.setSoLinger(true, 0);
        } catch (IOException e) {
            // Closed already.
        }
        closeQuietly(socket);
    }

    private static void closeQuietly(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception e) {
            // Nothing is left to be done with it.
        }
    }

    private final class Connection {

        private final Socket client;
        private final Socket server;
        private volatile CountDownLatch gate = new CountDownLatch(0);

        Connection(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        void start() {
            if (frozen) {
                hold();
            }
            connections.add(this);
            if (refusing) {
                reset();
            }
            daemon("relay-up", () -> pump(client, server));
            daemon("relay-down", () -> pump(server, client));
        }

        void hold() {
            if (gate.getCount() == 0) {
                gate = new CountDownLatch(1);
            }
        }

        void release() {
            gate.countDown();
        }

        void reset() {
            connections.remove(this);
            TcpRelay.reset(client);
            TcpRelay.reset(server);
            release();
        }

        private void pump(Socket from, Socket to) {
            byte[] buffer = new byte[64 * 1024];
            try {
                gate.await();
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    if (from == server) {
                        gate.await();
                        answers.pass(buffer, n);
                    }
                    out.write(buffer, 0, n);
                }
                if (from == server) {
                    gate.await();
                }
            } catch (IOException e) {
                // One side is gone; the other learns it below.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                connections.remove(this);
                closeQuietly(from);
                closeQuietly(to);
            }
        }
    }
}
