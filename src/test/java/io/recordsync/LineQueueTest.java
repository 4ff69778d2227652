package io.recordsync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.recordsync.Console.Lines;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LineQueueTest {

    private static final int LINES = 3 * Console.MAX_QUEUED_BYTES / 100;

    private long now = -1;

    @Test
    void the_least_important_is_dropped_first_and_the_order_stays() throws Exception {
        LineQueue queue = new LineQueue(400, false, () -> now);
        taken(queue, "first");
        for (String level : List.of("INFO", "DEBUG", "WARN", "INFO", "ERROR", "WARN", "TRACE", "ERROR", "INFO")) {
            queue.add(line(level, queue));
        }

        assertThat(levels(queue)).containsExactly("WARN", "ERROR", "WARN", "ERROR");
        assertThat(queue.dropped()).isEqualTo(5);
    }

    @Test
    void a_line_without_a_level_goes_with_the_one_before() throws Exception {
        LineQueue queue = new LineQueue(300, false, () -> now);
        taken(queue, "first");
        queue.add(line("INFO", queue));
        queue.add(line("ERROR", queue));
        queue.add(padded("java.lang.IllegalStateException: what went wrong"));
        queue.add(line("INFO", queue));
        queue.add(padded("\tat io.recordsync.Something(Something.java:1)"));
        queue.add(line("WARN", queue));

        assertThat(new String(queue.take(), StandardCharsets.UTF_8).lines())
                .hasSize(3)
                .anyMatch(line -> line.startsWith("java.lang.IllegalStateException"))
                .noneMatch(line -> line.startsWith("\tat"))
                .noneMatch(line -> line.contains(" INFO "));
    }

    @Test
    void a_single_line_that_is_larger_than_all_the_room_is_taken() throws Exception {
        LineQueue queue = new LineQueue(10, false, () -> now);

        queue.add(padded("2026-01-01 INFO too long"));

        assertThat(queue.take()).hasSize(100);
        assertThat(queue.dropped()).isZero();
    }

    @Test
    void nobody_waits_for_a_writer_that_stands_still() throws Exception {
        Pipe pipe = new Pipe();
        Lines lines = new Lines("stdout", pipe, false, new LastLines(0));
        PrintStream out = new PrintStream(lines, true, StandardCharsets.UTF_8);
        pipe.shut();
        out.println("2026-01-01 INFO  taken");
        pipe.entered.await();

        long begun = System.nanoTime();
        for (int i = 0; i < LINES; i++) {
            out.print(new String(padded("2026-01-01 INFO  [main] " + i), StandardCharsets.UTF_8));
        }
        out.print(new String(padded("2026-01-01 ERROR [main] a person is needed"), StandardCharsets.UTF_8));
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(5));
        assertThat(lines.dropped()).isBetween(LINES / 2L, (long) LINES);

        try (LoggedLines log = LoggedLines.of(Console.class)) {
            pipe.open();

            await().until(() -> pipe.text().contains("ERROR [main] a person is needed"));
            await().untilAsserted(() -> assertThat(log.lines())
                    .singleElement()
                    .asString()
                    .startsWith(
                            "WARN " + lines.dropped() + " lines of the log were dropped, the least important first"));
        }
    }

    @Test
    void a_burst_is_written_to_the_last_line_while_somebody_reads() throws Exception {
        Pipe pipe = new Pipe();
        Lines lines = new Lines("stdout", pipe, false, new LastLines(0));
        List<Thread> writers = new ArrayList<>();
        for (int thread = 0; thread < 4; thread++) {
            Thread writer = new Thread(() -> {
                PrintStream out = new PrintStream(lines, true, StandardCharsets.UTF_8);
                for (int i = 0; i < LINES; i++) {
                    out.println("2026-01-01 INFO  " + "x".repeat(80));
                }
            });
            writers.add(writer);
            writer.start();
        }
        for (Thread writer : writers) {
            writer.join();
        }
        lines.drain();

        assertThat(lines.dropped()).isZero();
        assertThat(pipe.text().lines().filter(line -> line.endsWith("x".repeat(80))))
                .hasSize(4 * LINES);
    }

    @Test
    void who_reads_no_more_is_counted_and_the_end_does_not_wait() {
        Lines lines = new Lines(
                "stdout",
                new OutputStream() {
                    @Override
                    public void write(int one) throws IOException {
                        throw new IOException("Broken pipe");
                    }
                },
                false,
                new LastLines(0));
        new PrintStream(lines, true, StandardCharsets.UTF_8).print("INFO one\nINFO two\nwithout an end");

        lines.drain();

        assertThat(lines.dropped()).isEqualTo(3);
    }

    @Test
    void the_end_waits_a_second_for_a_writer_that_stands_still() throws Exception {
        Pipe pipe = new Pipe();
        pipe.shut();
        Lines lines = new Lines("stdout", pipe, false, new LastLines(0));
        new PrintStream(lines, true, StandardCharsets.UTF_8).println("INFO one");
        pipe.entered.await();

        long begun = System.nanoTime();
        lines.drain();

        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(3));
    }

    /** It is being written, for longer than anybody waits. */
    private void taken(LineQueue queue, String line) throws Exception {
        queue.add(padded(line));
        queue.take();
        now += LineQueue.MAX_WRITE_NANOS;
    }

    private static byte[] line(String level, LineQueue queue) {
        return padded("2026-01-01T00:00:00.000Z %-5s [main] o.e.Some - WARN is only a word here".formatted(level));
    }

    /** A hundred bytes. */
    private static byte[] padded(String text) {
        return (text + " ".repeat(99 - text.length()) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private static List<String> levels(LineQueue queue) throws Exception {
        return new String(queue.take(), StandardCharsets.UTF_8)
                .lines()
                .map(line -> line.split(" +")[1])
                .toList();
    }

    /** What is written, while it is open; else a write lasts. */
    private static final class Pipe extends OutputStream {

        private final ByteArrayOutputStream read = new ByteArrayOutputStream();
        private final CountDownLatch entered = new CountDownLatch(1);
        private volatile CountDownLatch gate = new CountDownLatch(0);

        void shut() {
            gate = new CountDownLatch(1);
        }

        void open() {
            gate.countDown();
        }

        String text() {
            return read.toString(StandardCharsets.UTF_8);
        }

        @Override
        public void write(int one) {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            entered.countDown();
            try {
                gate.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            read.write(bytes, offset, length);
        }
    }
}
