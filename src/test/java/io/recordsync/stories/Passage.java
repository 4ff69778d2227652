package io.recordsync.stories;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An address of this machine that leads to a port of 127.0.0.1, as a firewall lets it: connections may be dropped in silence, so
 * that they stay open and carry nothing more. Its threads are daemons.
 */
final class Passage implements AutoCloseable {

    private final ServerSocket listener;
    private final int target;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final Set<Socket> dropped = ConcurrentHashMap.newKeySet();
    private final AtomicInteger accepted = new AtomicInteger();

    /** @param port 0: any that is free */
    Passage(InetAddress address, int port, int target) throws IOException {
        this.target = target;
        listener = new ServerSocket();
        listener.bind(new InetSocketAddress(address, port));
        daemon(this::accept);
    }

    static Passage to(int target) throws IOException {
        return new Passage(InetAddress.getByName("127.0.0.1"), 0, target);
    }

    int port() {
        return listener.getLocalPort();
    }

    /** How many connections came in since the start. */
    int accepted() {
        return accepted.get();
    }

    /** Every connection that is open now carries nothing more; new ones do. */
    void drop() {
        dropped.addAll(sockets);
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                accepted.incrementAndGet();
                Socket server = new Socket(InetAddress.getByName("127.0.0.1"), target);
                sockets.add(client);
                sockets.add(server);
                daemon(() -> pump(client, server));
                daemon(() -> pump(server, client));
            } catch (IOException e) {
                // It was closed, or one connection came to nothing: its client sees that.
            }
        }
    }

    private void pump(Socket from, Socket to) {
        byte[] buffer = new byte[16 * 1024];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                if (!dropped.contains(from)) {
                    out.write(buffer, 0, n);
                }
            }
            if (!dropped.contains(from)) {
                to.close();
                from.close();
            }
        } catch (IOException e) {
            // One side is gone.
        }
    }

    private static void daemon(Runnable work) {
        Thread thread = new Thread(work, "passage");
        thread.setDaemon(true);
        thread.start();
    }
}
