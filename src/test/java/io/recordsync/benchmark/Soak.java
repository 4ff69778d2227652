package io.recordsync.benchmark;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToDoubleFunction;

/** A steady stream of deletions for an hour: a look each minute at what must not grow. */
final class Soak {

    private static final int PER_SECOND = (int) Math.max(1, 500 * Options.SCALE);

    private Soak() {}

    /** What came of the hour, in one line, and as a table with a line for each minute. */
    record Result(String line, String table) {}

    private record Minute(int number, long[] latency, double resident, long threads, long handles, double cpuPercent) {

        private double p99() {
            return latency[1] / 1000.0;
        }

        private String line() {
            return "| %d | %,d | %,d | %,.0f | %,.0f | %.0f | %d | %d | %.1f |"
                    .formatted(
                            number,
                            latency[2],
                            latency[3],
                            latency[0] / 1000.0,
                            p99(),
                            resident,
                            threads,
                            handles,
                            cpuPercent);
        }
    }

    static Result run() throws Exception {
        List<Minute> minutes = new ArrayList<>();
        Path folder = Contest.newFolder();
        try (Simulators simulators = new Simulators(1);
                Subject subject = Subject.ours().start(simulators, folder)) {
            subject.awaitSubscribed();
            simulators.ask("mark");
            simulators.ask("flow", PER_SECOND);
            long end = System.nanoTime();
            for (int number = 1; number <= Options.MINUTES; number++) {
                double cpu = Processes.cpuSeconds(subject.handle());
                end += TimeUnit.MINUTES.toNanos(1);
                for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
                    LockSupport.parkNanos(left);
                }
                Minute minute = new Minute(
                        number,
                        simulators.numbers("percentiles"),
                        Processes.residentMebibytes(subject.handle()),
                        Processes.threads(subject.handle()),
                        Processes.handles(subject.handle()),
                        100 * (Processes.cpuSeconds(subject.handle()) - cpu) / 60);
                Options.say(minute.line());
                minutes.add(minute);
            }
            simulators.ask("stop-flow");
            simulators.ask("check");
        } finally {
            Contest.delete(folder);
        }
        return new Result(line(minutes), table(minutes));
    }

    private static String line(List<Minute> minutes) {
        return "%d deletions a second, SQLite, `batch.linger=1000`. Medians of the first and the last quarter: %s."
                .formatted(
                        PER_SECOND,
                        String.join(
                                ", ",
                                quarters("resident MiB", minutes, Minute::resident),
                                quarters("threads", minutes, Minute::threads),
                                quarters("handles", minutes, Minute::handles),
                                quarters("p99 ms", minutes, Minute::p99)));
    }

    private static String table(List<Minute> minutes) {
        StringBuilder table = new StringBuilder(
                """
                | minute | deleted | in flight | p50 ms | p99 ms | resident MiB | threads | handles | CPU % |
                | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
                """);
        minutes.forEach(minute -> table.append(minute.line()).append('\n'));
        return table.toString();
    }

    private static String quarters(String what, List<Minute> minutes, ToDoubleFunction<Minute> figure) {
        int quarter = Math.max(1, minutes.size() / 4);
        return "%s %s and %s"
                .formatted(
                        what,
                        Samples.number(
                                Samples.of(minutes.subList(0, quarter), figure).median()),
                        Samples.number(Samples.of(minutes.subList(minutes.size() - quarter, minutes.size()), figure)
                                .median()));
    }
}
