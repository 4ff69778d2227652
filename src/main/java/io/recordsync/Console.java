package io.recordsync;

import java.io.ByteArrayOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.time.Duration;
import org.slf4j.LoggerFactory;

/**
 * Stdout and stderr of the service, which never hold up what writes to them: the log, Camel, the JVM's own words about an exception.
 *
 * <p>Where nobody reads them (a stuck collector, a paused terminal) the pipe fills up, and each thread that writes would stand still
 * with what it has in hand. Here one thread for each writes, from a {@link LineQueue}. What had to be dropped is counted, and
 * told in one line when it goes on. Log4j's console appender writes to what {@link System#out} is when it is made, so that this
 * comes before the first logger.
 */
final class Console {

    /** What a reader that is late finds: enough to see what went wrong. */
    static final int MAX_QUEUED_BYTES = 32 << 10;

    private static final int MAX_LINE_BYTES = 16 << 10;
    /** Of stdout and stderr, for a report of a fault. */
    private static final int MAX_KEPT_BYTES = 256 << 10;

    private static final Duration MAX_DRAIN = Duration.ofSeconds(1);

    private final Lines out;
    private final Lines err;
    private final LastLines last;

    private Console(Lines out, Lines err, LastLines last) {
        this.out = out;
        this.err = err;
        this.last = last;
    }

    /** From now on. */
    static Console open() {
        LastLines last = new LastLines(MAX_KEPT_BYTES);
        Lines out = new Lines("stdout", new FileOutputStream(FileDescriptor.out), false, last);
        Lines err = new Lines("stderr", new FileOutputStream(FileDescriptor.err), true, last);
        System.setOut(new PrintStream(out, true, Charset.defaultCharset()));
        System.setErr(new PrintStream(err, true, Charset.defaultCharset()));
        return new Console(out, err, last);
    }

    /** How many lines were dropped. */
    long dropped() {
        return out.queue.dropped() + err.queue.dropped();
    }

    /** What was said last, also where nobody read it. */
    String lastLines() {
        return last.text();
    }

    /** Before the end: what was said is written, unless nobody reads it. */
    void drain() {
        out.drain();
        err.drain();
    }

    /** A stream that takes lines and writes them from a thread of its own. */
    static final class Lines extends OutputStream {

        private final String name;
        private final OutputStream to;
        private final LineQueue queue;
        private final LastLines last;
        /** Guarded by this. */
        private final ByteArrayOutputStream line = new ByteArrayOutputStream();

        private long told;

        Lines(String name, OutputStream to, boolean errors, LastLines last) {
            this.name = name;
            this.to = to;
            this.last = last;
            this.queue = new LineQueue(MAX_QUEUED_BYTES, errors, System::nanoTime);
            Thread writer = new Thread(this::write, "console-" + name);
            writer.setDaemon(true);
            writer.start();
        }

        @Override
        public synchronized void write(int one) {
            line.write(one);
            if (one == '\n' || line.size() >= MAX_LINE_BYTES) {
                end();
            }
        }

        @Override
        public synchronized void write(byte[] bytes, int offset, int length) {
            int from = offset;
            for (int i = offset; i < offset + length; i++) {
                if (bytes[i] == '\n' || line.size() + i - from + 1 >= MAX_LINE_BYTES) {
                    line.write(bytes, from, i + 1 - from);
                    end();
                    from = i + 1;
                }
            }
            line.write(bytes, from, offset + length - from);
        }

        void drain() {
            synchronized (this) {
                if (line.size() > 0) {
                    end();
                }
            }
            queue.drain(MAX_DRAIN.toNanos());
        }

        long dropped() {
            return queue.dropped();
        }

        private void end() {
            byte[] ended = line.toByteArray();
            last.add(ended);
            queue.add(ended);
            line.reset();
        }

        private void write() {
            try {
                while (true) {
                    byte[] chunk = queue.take();
                    try {
                        to.write(chunk);
                        to.flush();
                    } catch (IOException e) {
                        // Whoever read it has gone, or the disk is full: what comes next is tried again.
                        queue.failed();
                        continue;
                    }
                    if (queue.written()) {
                        tell();
                    }
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        /** That it goes on. */
        private void tell() {
            long dropped = queue.dropped();
            if (dropped > told) {
                LoggerFactory.getLogger(Console.class)
                        .warn(
                                "{} lines of the log were dropped, the least important first: nobody read {} (a stuck"
                                        + " collector, a paused terminal), and work does not wait for it",
                                dropped - told,
                                name);
                told = dropped;
            }
        }
    }
}
