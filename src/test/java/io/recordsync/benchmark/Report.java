package io.recordsync.benchmark;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDate;
import java.util.List;
import java.util.stream.Collectors;

/** {@code docs/benchmarks.md}. */
final class Report {

    /** The section of the soak, the last one: what is there of an earlier run is kept by one that does not soak. */
    static final String SOAK = "## An hour";

    private static final Path FILE = Path.of("docs/benchmarks.md");
    private static final int SYNCS = 200;

    private Report() {}

    static void write(List<Line> lines, String hot, String pieces) throws Exception {
        String soak = section(SOAK);
        Files.writeString(
                FILE,
                """
                # Benchmarks

                How fast the packaged service is and what limits it, compared with two yardsticks that are measured in the same run.
                Written by `mvn -Pbenchmark verify`. `-Dbenchmark=ledger` runs only rows whose names contain `ledger`, and writes no
                report. `-Dbenchmark.runs=5` and `-Dbenchmark.scale=1` are the number of runs and the factor of all sizes.
                `-Dbenchmark.baseline=<zip>` adds the rows that compare with another build.
                `-Dbenchmark=soak -Dbenchmark.minutes=60` writes the last section.

                - **Ours**: the zip, unpacked and started by its `bin/` script, with its shipped durable store (SQLite,
                  `synchronous=FULL`: a commit is on the disk). The environment sets the addresses of both ends, the record lists,
                  `delivery.rate=0`, `delivery.concurrency=8`, `guard.max-deletions=0` and `doctor.at-start=false`; the rest is as
                  shipped, including `batch.linger=1000` unless a row says otherwise. It is not the first start in its folder: the
                  archive of the classes is there, which makes later starts faster.
                - **Baseline**: the zip of an earlier build, given by `-Dbenchmark.baseline=<zip>` and started like ours; empty without
                  one. A past is made in its format, and each build brings its own copy up to date.
                - **Stock**: `src/test/resources/stock/stock-route.camel.yaml`, Camel's own parts, in memory: what it has received
                  is lost when it ends.
                - **Raw**: `RawClient`, a loop on the gRPC stubs and `java.net.http`, in memory, with 8 calls in flight and no
                  retries: the floor.
                - Each is a process of its own, and so are the simulators, which check every call as strictly as in the tests.
                  All share the cores of one machine. Stock and raw get the `-Xmx` of ours, if its script sets one.
                - A run is a new process and a new database: a warm-up of %,d deletions, then %,d published at once, in
                  turns with what it is compared with. The cells show the median, the smallest and the largest value.

                %s
                | what | goal | ours | baseline | stock | raw | ratio | reached | what limits it |
                | --- | --- | --- | --- | --- | --- | --- | --- | --- |
                %s

                ## Where the time goes

                %s
                ## Hot pieces

                %s
                """
                                .formatted(
                                        Options.scaled(Contest.WARM_UP),
                                        Options.scaled(Contest.DELETIONS),
                                        environment(),
                                        lines.stream().map(Line::toString).collect(Collectors.joining("\n")),
                                        hot,
                                        pieces)
                                .stripTrailing()
                        + "\n" + (soak.isEmpty() ? "" : "\n" + soak));
    }

    /**
     * @param cpu a run, with its samples of {@link Profiler.Event#CPU}
     * @param writing the share of time in which the one connection that writes was in use
     */
    static String profile(Contest.Looked cpu, double writing) {
        String purposes = cpu.profile().purposes().stream()
                .map(entry -> "| %.1f %% | %.2f s | %s | %s |"
                        .formatted(
                                100 * entry.getValue(),
                                entry.getValue() * cpu.run().cpu(),
                                entry.getKey().text(),
                                entry.getKey().done()))
                .collect(Collectors.joining("\n"));
        String tops = cpu.profile().tops(10).stream()
                .map(entry -> "| %.1f %% | `%s` | %s |"
                        .formatted(100 * entry.getValue(), entry.getKey(), Purpose.doneAboutTop(entry.getKey())))
                .collect(Collectors.joining("\n"));
        return """
                %,d samples by async-profiler of a run with events of one record, each for a millisecond of processor time in
                Java and native code%s. In another such run, sampled by the clock, SQLite's only connection for writing
                was in use for %.0f %% of the time: accepting, claiming and settling take turns on it, including their waits for
                the disk. [Decision 0036](decisions/0036-what-each-write-is-for.md) says what each of them
                is for.

                | of its CPU time | per 10,000 | for | what was done about it |
                | ---: | ---: | --- | --- |
                %s

                | of its CPU time | at the top of the stack | what was done about it |
                | ---: | --- | --- |
                %s
                """
                .formatted(
                        cpu.profile().samples(),
                        cpu.profile().kernel() ? " and the kernel" : ", without the kernel",
                        100 * writing,
                        purposes,
                        tops);
    }

    /**
     * Puts a section in place of the one with its heading, or at the end.
     *
     * @param result the one line that is always shown
     * @param details what is folded
     */
    static void replace(String heading, String result, String details) throws Exception {
        String report = Files.exists(FILE) ? Files.readString(FILE) : "# Benchmarks\n";
        String kept = report.replace(section(heading), "").stripTrailing();
        Files.writeString(
                FILE,
                """
                %s

                %s

                %s

                <details>
                <summary>Every minute</summary>

                %s
                %s
                </details>
                """
                        .formatted(kept, heading, result, environment(), details));
    }

    private static String section(String heading) throws IOException {
        String report = Files.exists(FILE) ? Files.readString(FILE) : "";
        int start = report.indexOf(heading + "\n");
        return start < 0 ? "" : report.substring(start);
    }

    private static String environment() throws Exception {
        return """
                | | |
                | --- | --- |
                | date, commit | %s, %s |
                | machine | %d cores (%s), %.0f GiB, %s %s |
                | disk | %.2f ms to write 4 KiB and wait for the disk (median of %d) |
                | Java | %s %s |
                | runs, scale | %d, %s |
                """
                .formatted(
                        LocalDate.now(),
                        commit(),
                        Runtime.getRuntime().availableProcessors(),
                        value("/proc/cpuinfo", "model name"),
                        Long.parseLong(value("/proc/meminfo", "MemTotal").replaceAll("\\D", "")) / 1024.0 / 1024.0,
                        System.getProperty("os.name"),
                        System.getProperty("os.version"),
                        syncMillis(),
                        SYNCS,
                        System.getProperty("java.vendor"),
                        Runtime.version(),
                        Options.RUNS,
                        Options.SCALE);
    }

    private static double syncMillis() throws IOException {
        Path file = Files.createTempFile(Files.createDirectories(Processes.FOLDER), "sync-", "");
        double[] millis = new double[SYNCS];
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            for (int i = 0; i < SYNCS; i++) {
                long start = System.nanoTime();
                channel.write(ByteBuffer.allocate(4096));
                channel.force(false);
                millis[i] = (System.nanoTime() - start) / 1e6;
            }
        } finally {
            Files.delete(file);
        }
        return Samples.of(millis).median();
    }

    private static String commit() throws Exception {
        Process git = new ProcessBuilder("git", "describe", "--always", "--dirty").start();
        String head = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        return git.waitFor() == 0 ? head : "unknown";
    }

    private static String value(String file, String key) throws IOException {
        return Files.readAllLines(Path.of(file)).stream()
                .filter(line -> line.startsWith(key))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("unknown");
    }
}
