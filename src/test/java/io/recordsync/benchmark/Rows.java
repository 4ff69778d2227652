package io.recordsync.benchmark;

import static io.recordsync.benchmark.Samples.number;

import io.recordsync.benchmark.Contest.Entry;
import io.recordsync.benchmark.Contest.Run;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** What is measured, row by row, and the goals. Each row compares only what it has run itself, in turns. */
final class Rows {

    static final List<Row> ALL = List.of(
            new Row("ceiling of the simulators", Rows::ceiling),
            new Row("events of one record", Rows::eventsOfOne),
            new Row("PostgreSQL", Rows::postgresql),
            new Row("events of 50 records", Rows::eventsOfFifty),
            new Row("Talkdesk at 50 ms", Rows::slowTalkdesk),
            new Row("items per call", Rows::itemsPerCall),
            new Row("trickle", Rows::trickle),
            new Row("start", Rows::start),
            new Row("memory", Rows::memory),
            new Row("ledger", Rows::ledger),
            new Row("SIGKILL", Rows::sigkill),
            new Row("statements", Rows::statements));

    private static final int CORES = Runtime.getRuntime().availableProcessors();

    private Rows() {}

    record Row(String name, Measurement measurement) {}

    interface Measurement {
        List<Line> take() throws Exception;
    }

    /** Each simulator alone, driven by the raw client: what nobody can pass. */
    private static List<Line> ceiling() throws Exception {
        int count = Options.scaled(100_000);
        List<Double> read = new ArrayList<>();
        List<Double> deleted = new ArrayList<>();
        for (int i = 0; i < Options.RUNS; i++) {
            try (Simulators simulators = new Simulators(1)) {
                simulators.ask("records", 0, count);
                deleted.add(perSecond(client(simulators, "delete", count)));
                Process reader = client(simulators, "read", count);
                simulators.ask("await-subscribed", 1);
                simulators.ask("publish", count, 1);
                read.add(perSecond(reader));
            }
            Options.say("ceilings: %,.0f events read, %,.0f deletions a second".formatted(read.get(i), deleted.get(i)));
        }
        return List.of(
                new Line(
                        "the simulated Salesforce alone: events per second",
                        "none: a yardstick",
                        "",
                        "",
                        new Samples(read).text("/s"),
                        "",
                        null,
                        "the simulator, and decoding whole records"),
                new Line(
                        "the simulated Talkdesk alone: deletions per second",
                        "none: a yardstick",
                        "",
                        "",
                        new Samples(deleted).text("/s"),
                        "",
                        null,
                        "the simulator"));
    }

    private static Process client(Simulators simulators, String part, int count) throws IOException {
        return new ProcessBuilder(Processes.java(
                        List.of(),
                        RawClient.class,
                        List.of(
                                simulators.loginUrl,
                                simulators.pubsubPort,
                                simulators.talkdeskUrl,
                                simulators.recordLists,
                                part,
                                Integer.toString(count))))
                .redirectError(Processes.log("ceiling").toFile())
                .start();
    }

    private static double perSecond(Process client) throws IOException, InterruptedException {
        String told = new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (client.waitFor() != 0) {
            throw new IOException("The raw client failed; see target/benchmark/ceiling-*.log");
        }
        return Double.parseDouble(told);
    }

    private static List<Line> eventsOfOne() throws Exception {
        Map<String, List<Run>> runs = Contest.of(
                new Entry("ours", Subject.ours()),
                new Entry("stock", Subject.stock()),
                new Entry("raw", Subject.raw()));
        Samples ours = Samples.of(runs.get("ours"), Run::cpu);
        return List.of(
                rate(
                        "deletions per second, events of one record, instant Talkdesk, SQLite",
                        "2 × stock",
                        runs,
                        "stock",
                        2),
                new Line(
                        "CPU seconds per 10,000 of them",
                        "0.8",
                        ours.text(" s"),
                        Samples.of(runs.get("stock"), Run::cpu).text(" s"),
                        Samples.of(runs.get("raw"), Run::cpu).text(" s"),
                        "",
                        ours.median() <= 0.8,
                        "see the profile"));
    }

    private static List<Line> postgresql() throws Exception {
        try (DurablePostgres postgres = new DurablePostgres()) {
            Map<String, List<Run>> runs = Contest.of(
                    new Entry("SQLite", Subject.ours()), new Entry("ours", (simulators, folder) -> Subject.ours(
                                    "store.url", postgres.newUrl(), "store.user", "postgres")
                            .start(simulators, folder)));
            return List.of(rate(
                    "the same on PostgreSQL " + postgres.version() + " (on this machine)",
                    "0.6 × SQLite",
                    runs,
                    "SQLite",
                    0.6));
        }
    }

    private static List<Line> eventsOfFifty() throws Exception {
        Map<String, List<Run>> runs = Contest.of(
                new Entry("events of one", Subject.ours()),
                fifty("ours", Subject.ours()),
                fifty("stock", Subject.stock()),
                fifty("raw", Subject.raw()));
        return List.of(rate(
                "deletions per second, events of 50 records, SQLite", "2 × events of one", runs, "events of one", 2));
    }

    private static Entry fifty(String name, Subject.Starter starter) {
        return new Entry(name, starter, folder -> {}, 50, 1, 0);
    }

    private static List<Line> slowTalkdesk() throws Exception {
        Map<String, List<Run>> runs = Contest.of(
                new Entry("ours", Subject.ours(), folder -> {}, 1, 1, 50),
                new Entry("raw", Subject.raw(), folder -> {}, 1, 1, 50));
        Samples ours = Samples.of(runs.get("ours"), Run::rate);
        double ratio = ours.median() / 16_000;
        return List.of(new Line(
                "deletions per second, Talkdesk at 50 ms a call, 8 in flight",
                "0.95 × 16,000",
                ours.text("/s"),
                "",
                Samples.of(runs.get("raw"), Run::rate).text("/s"),
                number(ratio) + " × 16,000",
                ratio >= 0.95,
                bound(runs.get("ours"))));
    }

    private static List<Line> itemsPerCall() throws Exception {
        Map<String, List<Run>> runs = Contest.of(
                new Entry("1 list", Subject.ours(), folder -> {}, 1, 1, 50),
                new Entry("20 lists", Subject.ours(), folder -> {}, 1, 20, 50));
        List<Line> lines = new ArrayList<>();
        runs.forEach((lists, measured) -> {
            Samples items = Samples.of(measured, Run::itemsPerCall);
            lines.add(new Line(
                    "items per call under a backlog, " + lists,
                    "99 of 100",
                    items.text(""),
                    items.median() >= 99,
                    "the batch"));
        });
        return lines;
    }

    /** What is compared with what, by the medians. */
    private static Line rate(String what, String goal, Map<String, List<Run>> runs, String with, double times) {
        Samples ours = Samples.of(runs.get("ours"), Run::rate);
        double ratio = ours.median() / Samples.of(runs.get(with), Run::rate).median();
        return new Line(
                what,
                goal,
                ours.text("/s"),
                rates(runs, "stock"),
                rates(runs, "raw"),
                number(ratio) + " × " + with,
                ratio >= times,
                bound(runs.get("ours")));
    }

    static String rates(Map<String, List<Run>> runs, String name) {
        return runs.containsKey(name) ? Samples.of(runs.get(name), Run::rate).text("/s") : "";
    }

    static String bound(List<Run> ours) {
        double machine = Samples.of(ours, Run::machine).median();
        double service = Samples.of(ours, Run::cores).median();
        double simulators = Samples.of(ours, Run::simulatorsCores).median();
        return "%s: of %d cores the service took %.2f, the simulators %.2f, all else %.2f"
                .formatted(
                        machine >= 0.9 ? "the processor" : "waiting",
                        CORES,
                        service,
                        simulators,
                        Math.max(0, CORES * machine - service - simulators));
    }

    private static List<Line> trickle() throws Exception {
        int seconds = (int) Math.max(5, 60 * Options.SCALE);
        List<Line> lines = new ArrayList<>();
        for (int linger : List.of(0, 1000)) {
            Path folder = Contest.newFolder();
            try (Simulators simulators = new Simulators(1);
                    Subject subject = Subject.ours("batch.linger", Integer.toString(linger))
                            .start(simulators, folder)) {
                subject.awaitSubscribed();
                simulators.ask("mark");
                int warmUp = Options.scaled(Contest.WARM_UP);
                simulators.ask("publish", warmUp, 1);
                simulators.ask("await-deleted", warmUp);
                long[] latency = simulators.numbers("trickle", 5, seconds);
                double p50 = latency[0] / 1000.0;
                double p99 = latency[1] / 1000.0;
                Options.say(
                        "trickle, linger %d: p50 %.1f ms, p99 %.1f ms of %d".formatted(linger, p50, p99, latency[2]));
                lines.add(new Line(
                        "5 events a second for %d s, published to DELETE received, `batch.linger=%d`"
                                .formatted(seconds, linger),
                        "p50 %d ms, p99 %d ms".formatted(linger + 15, linger + 60),
                        "p50 %s ms, p99 %s ms".formatted(number(p50), number(p99)),
                        p50 <= linger + 15 && p99 <= linger + 60,
                        linger == 0 ? "two commits and the call" : "the linger"));
                if (linger == 1000) {
                    lines.add(idle(subject));
                }
            } finally {
                Contest.delete(folder);
            }
        }
        return lines;
    }

    /** As it is shipped: with the linger. */
    private static Line idle(Subject subject) {
        int seconds = (int) Math.max(5, 20 * Options.SCALE);
        double before = Processes.cpuSeconds(subject.handle());
        long start = System.nanoTime();
        long end = start + TimeUnit.SECONDS.toNanos(seconds);
        for (long left = end - start; left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
        double percent = 100 * (Processes.cpuSeconds(subject.handle()) - before) / ((System.nanoTime() - start) / 1e9);
        Options.say("idle: %.2f %% of a core".formatted(percent));
        return new Line(
                "CPU with nothing to do, over " + seconds + " s",
                "1 % of a core",
                number(percent) + " %",
                percent < 1,
                "heartbeat, timers");
    }

    private static List<Line> start() throws Exception {
        List<Double> millis = new ArrayList<>();
        try (Simulators simulators = new Simulators(1)) {
            for (int i = 0; i < Options.RUNS; i++) {
                Path folder = Contest.newFolder();
                try (Subject subject = Subject.ours().start(simulators, folder)) {
                    millis.add(subject.awaitMillisToSubscription());
                    Options.say("subscribed after %.0f ms".formatted(millis.get(i)));
                } finally {
                    Contest.delete(folder);
                }
            }
        }
        Samples samples = new Samples(millis);
        return List.of(
                new Line(
                        "start of the script to the subscription, a new database",
                        "2,000 ms",
                        samples.text(" ms"),
                        samples.median() <= 2000,
                        "setting up Camel, the schema and the connections, one after the other"),
                new Line(
                        "the same, the first start after unpacking, once",
                        "none: it makes the next ones faster",
                        "%,.0f ms".formatted(Subject.firstStart()),
                        null,
                        "loading classes"));
    }

    private static List<Line> memory() throws Exception {
        int pending = (int) (1_000_000 * Options.SCALE);
        List<Line> lines = new ArrayList<>();
        for (int more : List.of(0, pending)) {
            List<Double> mebibytes = new ArrayList<>();
            for (int i = 0; i < Options.RUNS; i++) {
                mebibytes.add(memoryWith(more, Subject.ours()));
                Options.say("%,d more pending: %.0f MiB".formatted(more, mebibytes.get(i)));
            }
            Samples samples = new Samples(mebibytes);
            lines.add(new Line(
                    "resident memory after %,d deletions of a backlog, %,d more pending"
                            .formatted(Options.scaled(Contest.DELETIONS), more),
                    "256 MiB",
                    samples.text(" MiB"),
                    samples.median() <= 256,
                    Subject.heap()));
        }
        return lines;
    }

    static double memoryWith(int more, Subject.Starter starter) throws Exception {
        int deletions = Options.scaled(Contest.DELETIONS);
        Path folder = Contest.newFolder();
        try (Simulators simulators = new Simulators(1)) {
            FilledLedger.fill(folder, deletions + more, 0);
            simulators.ask("records", 0, deletions);
            simulators.ask("mark");
            try (Subject subject = starter.start(simulators, folder)) {
                subject.awaitSubscribed();
                simulators.ask("await-deleted", deletions);
                return Processes.residentMebibytes(subject.handle());
            }
        } finally {
            Contest.delete(folder);
        }
    }

    private static List<Line> ledger() throws Exception {
        long million = (long) (1_000_000 * Options.SCALE);
        Path one = Contest.newFolder();
        Path five = Contest.newFolder();
        try {
            FilledLedger.fill(one, 0, million);
            FilledLedger.fill(five, 0, 5 * million);
            Map<String, List<Run>> runs = Contest.of(
                    new Entry("0", Subject.ours(), folder -> FilledLedger.fill(folder, 0, 0), 1, 1, 0),
                    new Entry("1", Subject.ours(), folder -> FilledLedger.copy(one, folder), 1, 1, 0),
                    new Entry("5", Subject.ours(), folder -> FilledLedger.copy(five, folder), 1, 1, 0));
            double empty = Samples.of(runs.get("0"), Run::rate).median();
            List<Line> lines = new ArrayList<>();
            for (int millions : List.of(1, 5)) {
                Samples samples = Samples.of(runs.get(Integer.toString(millions)), Run::rate);
                double ratio = samples.median() / empty;
                lines.add(new Line(
                        "deletions per second with %,d settled deletions in the ledger".formatted(millions * million),
                        "0.95 × with none",
                        samples.text("/s"),
                        "",
                        "",
                        "%s × %s/s".formatted(number(ratio), number(empty)),
                        ratio >= 0.95,
                        bound(runs.get(Integer.toString(millions)))));
            }
            return lines;
        } finally {
            Contest.delete(one);
            Contest.delete(five);
        }
    }

    private static List<Line> sigkill() throws Exception {
        List<Double> millis = new ArrayList<>();
        for (int i = 0; i < Options.RUNS; i++) {
            millis.add(millisToFirstDelete(Subject.ours()));
            Options.say("first DELETE after %.0f ms".formatted(millis.get(i)));
        }
        Samples samples = new Samples(millis);
        return List.of(new Line(
                "SIGKILL within a backlog: start of the new process to its first DELETE, SQLite",
                "3,000 ms",
                samples.text(" ms"),
                samples.median() <= 3000,
                "the start"));
    }

    /** Killed in the middle of a backlog, and started at once. */
    static double millisToFirstDelete(Subject.Starter starter) throws Exception {
        int backlog = Options.scaled(Contest.WARM_UP);
        Path folder = Contest.newFolder();
        try (Simulators simulators = new Simulators(1)) {
            simulators.ask("latency", 50);
            simulators.ask("mark");
            try (Subject subject = starter.start(simulators, folder)) {
                subject.awaitSubscribed();
                simulators.ask("publish", backlog, 1);
                simulators.ask("await-deleted", backlog / 4);
                subject.kill();
            }
            try (Subject again = starter.start(simulators, folder)) {
                // Before it can call, and after whatever the killed one had sent.
                simulators.ask("mark");
                return (simulators.numbers("first-delete")[0] - SimulatorProcess.micros(again.started())) / 1000.0;
            }
        } finally {
            Contest.delete(folder);
        }
    }

    private static List<Line> statements() {
        return List.of(new Line(
                "SQL statements per 100 deletions, accepted to settled",
                "7 or fewer",
                "counted in every build: `InboxContract.the_life_of_a_hundred_rows_costs_seven_statements_at_most`",
                null,
                ""));
    }
}
