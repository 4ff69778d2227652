package io.recordsync;

import java.nio.charset.Charset;
import java.util.ArrayDeque;
import java.util.Deque;

/** The last lines that were said, up to a number of bytes. Thread-safe. */
final class LastLines {

    private final int maxBytes;
    /** Guarded by this, as the number of their bytes. */
    private final Deque<byte[]> lines = new ArrayDeque<>();

    private int bytes;

    LastLines(int maxBytes) {
        this.maxBytes = maxBytes;
    }

    synchronized void add(byte[] line) {
        lines.addLast(line);
        bytes += line.length;
        while (bytes > maxBytes) {
            bytes -= lines.removeFirst().length;
        }
    }

    synchronized String text() {
        StringBuilder text = new StringBuilder(bytes);
        lines.forEach(line -> text.append(new String(line, Charset.defaultCharset())));
        return text.toString();
    }
}
