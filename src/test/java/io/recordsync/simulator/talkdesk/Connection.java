package io.recordsync.simulator.talkdesk;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PushbackInputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * One client's connection, and every way in which a call on it can end.
 *
 * <p>Used by the one thread that serves it; only {@link #cut()} may come from another.
 */
final class Connection {

    private static final int LOOK_MILLIS = 1;

    private final Socket socket;
    private final Clock clock;
    private final PushbackInputStream in;
    private final OutputStream out;
    private boolean over;

    Connection(Socket socket, Clock clock) throws IOException {
        this.socket = socket;
        this.clock = clock;
        socket.setTcpNoDelay(true);
        in = new PushbackInputStream(new BufferedInputStream(socket.getInputStream()));
        out = new BufferedOutputStream(socket.getOutputStream());
    }

    /** The next request, or null where there will be none. */
    Request next() throws IOException {
        return over ? null : Request.read(in, out);
    }

    void send(Reply reply) throws IOException {
        out.write(head(reply, reply.body().length));
        out.write(reply.body());
        out.flush();
    }

    /** Announces the whole body, sends half of it and closes. */
    void sendTruncated(Reply reply) throws IOException {
        over = true;
        int length = Math.max(reply.body().length, 2);
        out.write(head(reply, length));
        out.write(reply.body(), 0, reply.body().length / 2);
        out.flush();
    }

    /** Sends the body at a byte a second, until the client has gone. */
    void sendTrickling(Reply reply) throws IOException {
        out.write(head(reply, reply.body().length));
        out.flush();
        try {
            for (byte one : reply.body()) {
                out.write(one);
                out.flush();
                TimeUnit.SECONDS.sleep(1);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted while answering slowly", e);
        }
    }

    /** Sends white space behind the body, chunked, until the client has gone. */
    void sendPadded(Reply reply, long padding) throws IOException {
        over = true;
        String head = new String(head(reply, 0), StandardCharsets.ISO_8859_1)
                .replace("Content-Length: 0", "Transfer-Encoding: chunked");
        out.write(head.getBytes(StandardCharsets.ISO_8859_1));
        writeChunk(reply.body(), reply.body().length);
        byte[] space = new byte[65_536];
        Arrays.fill(space, (byte) ' ');
        for (long left = padding; left > 0; left -= space.length) {
            writeChunk(space, (int) Math.min(left, space.length));
        }
        out.write("0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    private void writeChunk(byte[] bytes, int length) throws IOException {
        if (length > 0) {
            out.write((Integer.toHexString(length) + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
            out.write(bytes, 0, length);
            out.write("\r\n".getBytes(StandardCharsets.ISO_8859_1));
        }
    }

    /** Ends the connection with RST, so that the client sees "connection reset" and no answer. */
    void reset() throws IOException {
        over = true;
        socket.setSoLinger(true, 0);
        socket.close();
    }

    /** Answers nothing and comes back when the client has gone or the simulator cuts the connection. */
    void hang() {
        over = true;
        try {
            in.transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            // The end that was waited for.
        }
    }

    /** Whether the client has closed; takes a millisecond where it has not. */
    boolean clientGone() {
        try {
            socket.setSoTimeout(LOOK_MILLIS);
            int next = in.read();
            if (next >= 0) {
                in.unread(next);
            }
            socket.setSoTimeout(0);
            return next < 0;
        } catch (SocketTimeoutException e) {
            return !withoutTimeout();
        } catch (IOException e) {
            return true;
        }
    }

    void cut() {
        try {
            socket.close();
        } catch (IOException e) {
            // Closed is closed.
        }
    }

    private boolean withoutTimeout() {
        try {
            socket.setSoTimeout(0);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private byte[] head(Reply reply, int length) {
        StringBuilder head = new StringBuilder(200);
        head.append("HTTP/1.1 ").append(reply.status()).append(" Simulated\r\n");
        if (reply.body().length > 0) {
            head.append("Content-Type: ").append(reply.contentType()).append("\r\n");
        }
        reply.headers()
                .forEach((name, value) ->
                        head.append(name).append(": ").append(value).append("\r\n"));
        head.append("Date: ")
                .append(DateTimeFormatter.RFC_1123_DATE_TIME.format(
                        clock.instant().atOffset(ZoneOffset.UTC)))
                .append("\r\n");
        head.append("Content-Length: ").append(length).append("\r\n\r\n");
        return head.toString().getBytes(StandardCharsets.ISO_8859_1);
    }
}
