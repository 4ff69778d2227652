package io.recordsync.benchmark;

import static io.recordsync.benchmark.Samples.number;

import io.recordsync.benchmark.Contest.Entry;
import io.recordsync.benchmark.Contest.Run;
import io.recordsync.benchmark.Rows.Row;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/**
 * The goals that are relative to another build, {@code -Dbenchmark.baseline=<zip>}: each row runs both, in turns.
 *
 * <p>Without that zip there is nothing to compare with, and no row.
 */
final class Goals {

    /** It counts, and never holds. */
    private static final String[] GUARDED = {"guard.max-deletions", "1000000000"};

    private static final String[] UNGUARDED = {"guard.max-deletions", "0"};

    static final List<Row> ALL = Options.BASELINE.isEmpty()
            ? List.of()
            : List.of(
                    new Row("baseline: events of one record", () -> rates(1, GUARDED)),
                    new Row("baseline: events of one record, no guard", () -> rates(1, UNGUARDED)),
                    new Row("baseline: events of 50 records", () -> rates(50, GUARDED)),
                    new Row("baseline: PostgreSQL", Goals::postgresql),
                    new Row("baseline: bytes on SQLite", Goals::bytesOnSqlite),
                    new Row("baseline: bytes on PostgreSQL", Goals::bytesOnPostgresql),
                    new Row("baseline: 50 ms", Goals::slowTalkdesk),
                    new Row("baseline: slow list", Goals::slowList),
                    new Row("baseline: ledger", Goals::ledger),
                    new Row("baseline: memory", Goals::memory),
                    new Row("baseline: start", Goals::start),
                    new Row("baseline: killed on PostgreSQL", Goals::killedOnPostgresql),
                    new Row("baseline: killed on SQLite", Goals::killedOnSqlite),
                    new Row("baseline: trickle", Goals::trickle));

    /** Rows that measure the same without another build. */
    private static final Set<String> REPLACED = Set.of(
            "events of one record",
            "PostgreSQL",
            "events of 50 records",
            "Talkdesk at 50 ms",
            "start",
            "memory",
            "ledger",
            "SIGKILL");

    private Goals() {}

    /** Whether what the row measures is measured here too, beside another build. */
    static boolean measureBetter(Row row) {
        return !ALL.isEmpty() && REPLACED.contains(row.name());
    }

    private static List<Line> rates(int recordsEach, String... guard) throws Exception {
        Map<String, List<Run>> runs = Contest.of(
                entry("ours", Subject.ours(guard), recordsEach, 0),
                entry("baseline", Subject.baseline(guard), recordsEach, 0),
                entry("stock", Subject.stock(), recordsEach, 0),
                entry("raw", Subject.raw(), recordsEach, 0));
        String what = "events of %s, SQLite, the guard's bookkeeping %s"
                .formatted(recordsEach == 1 ? "one record" : recordsEach + " records", guard == GUARDED ? "on" : "off");
        boolean fifty = recordsEach > 1;
        double toBaseline = times(runs, "baseline");
        double toStock = times(runs, "stock");
        Line rate = line(
                "deletions per second, " + what,
                fifty ? "1 × stock" : "2.2 × baseline, 2 × stock",
                runs,
                "%s × baseline, %s × stock".formatted(number(toBaseline), number(toStock)),
                fifty ? toStock >= 1 : toBaseline >= 2.2 && toStock >= 2);
        double cpu = median(runs, "ours", Run::cpu) / median(runs, "baseline", Run::cpu);
        Line seconds = new Line(
                "CPU seconds per 10,000 of them",
                "0.7 × baseline",
                Samples.of(runs.get("ours"), Run::cpu).text(" s"),
                Samples.of(runs.get("baseline"), Run::cpu).text(" s"),
                Samples.of(runs.get("stock"), Run::cpu).text(" s"),
                Samples.of(runs.get("raw"), Run::cpu).text(" s"),
                number(cpu) + " × baseline",
                cpu <= 0.7,
                "see the profile");
        return List.of(rate, seconds);
    }

    private static Entry entry(String name, Subject.Starter starter, int recordsEach, long latency) {
        return new Entry(name, starter, folder -> {}, recordsEach, 1, latency);
    }

    private static List<Line> postgresql() throws Exception {
        try (DurablePostgres postgres = new DurablePostgres()) {
            Map<String, List<Run>> runs = Contest.of(
                    entry(
                            "ours",
                            (simulators, folder) ->
                                    Subject.ours(on(postgres.newUrl())).start(simulators, folder),
                            1,
                            0),
                    entry(
                            "baseline",
                            (simulators, folder) ->
                                    Subject.baseline(on(postgres.newUrl())).start(simulators, folder),
                            1,
                            0));
            double ratio = times(runs, "baseline");
            return List.of(line(
                    "deletions per second, events of one record, PostgreSQL " + postgres.version()
                            + " on this machine, the guard's bookkeeping on",
                    "1.5 × baseline",
                    runs,
                    number(ratio) + " × baseline",
                    ratio >= 1.5));
        }
    }

    private static String[] on(String url) {
        return on(url, GUARDED);
    }

    private static String[] on(String url, String... guard) {
        return new String[] {guard[0], guard[1], "store.url", url, "store.user", "postgres"};
    }

    /** Of the database while a service has it, in bytes. */
    private interface Size {
        double get() throws SQLException;
    }

    private static List<Line> bytesOnSqlite() throws Exception {
        int deletions = Options.scaled(Contest.DELETIONS);
        List<Double> bytes = new ArrayList<>();
        for (Subject.Starter starter : List.of(Subject.ours(UNGUARDED), Subject.baseline(UNGUARDED))) {
            Path folder = Contest.newFolder();
            try {
                bytes.add(bytesEach(starter, folder, () -> FilledLedger.bytes(folder), deletions));
            } finally {
                Contest.delete(folder);
            }
        }
        return List.of(bytes("SQLite", 0.4, bytes.get(0), bytes.get(1), deletions));
    }

    private static List<Line> bytesOnPostgresql() throws Exception {
        int deletions = Options.scaled(Contest.DELETIONS);
        try (DurablePostgres postgres = new DurablePostgres()) {
            List<Double> bytes = new ArrayList<>();
            for (boolean own : List.of(true, false)) {
                String url = postgres.newUrl();
                Subject.Starter starter = own ? Subject.ours(on(url, UNGUARDED)) : Subject.baseline(on(url, UNGUARDED));
                Path folder = Contest.newFolder();
                try {
                    bytes.add(bytesEach(starter, folder, () -> bytesOf(url), deletions));
                } finally {
                    Contest.delete(folder);
                }
            }
            return List.of(bytes("PostgreSQL " + postgres.version(), 0.5, bytes.get(0), bytes.get(1), deletions));
        }
    }

    private static Line bytes(String database, double most, double ours, double baseline, int deletions) {
        return new Line(
                "bytes of %,d settled deletions each, %s".formatted(deletions, database),
                number(most) + " × baseline",
                number(ours),
                number(baseline),
                "",
                "",
                number(ours / baseline) + " × baseline",
                ours <= most * baseline,
                "the row and its indexes");
    }

    /** What deletions add that the service has been told of and has done; what the guard counts goes when its window is over. */
    private static double bytesEach(Subject.Starter starter, Path folder, Size size, int deletions) throws Exception {
        double empty;
        try (Simulators simulators = new Simulators(1);
                Subject subject = starter.start(simulators, folder)) {
            subject.awaitSubscribed();
            empty = size.get();
            simulators.ask("mark");
            simulators.ask("publish", deletions, 1);
            simulators.ask("await-deleted", deletions);
            subject.stop();
        }
        return (size.get() - empty) / deletions;
    }

    /** Without the versions of rows that a vacuum would remove. */
    private static double bytesOf(String url) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url, "postgres", "");
                Statement statement = connection.createStatement()) {
            statement.execute("vacuum full");
            try (ResultSet row =
                    statement.executeQuery("select sum(pg_total_relation_size(relid)) from pg_stat_user_tables")) {
                row.next();
                return row.getDouble(1);
            }
        }
    }

    /** As it is delivered: four calls in flight, five in a second. */
    private static List<Line> slowList() throws Exception {
        String[] delivered = {"delivery.concurrency", "4", "delivery.rate", "5"};
        String[] fastAlone = {"delivery.concurrency", "4", "delivery.rate", "5", "talkdesk.record-lists", "list-1"};
        Map<String, Subject.Starter> starters = new LinkedHashMap<>();
        starters.put("alone", Subject.ours(fastAlone));
        starters.put("ours", Subject.ours(delivered));
        starters.put("baseline", Subject.baseline(delivered));
        return List.of(compared(
                "2,000 records of a list that answers at once, beside one that takes 2 s a call, default settings",
                1.4,
                inTurns(starters, Goals::millisToGone),
                "alone",
                " ms",
                "its share of the calls"));
    }

    private static double millisToGone(Subject.Starter starter) throws Exception {
        Path folder = Contest.newFolder();
        try (Simulators simulators = new Simulators(2);
                Subject subject = starter.start(simulators, folder)) {
            subject.awaitSubscribed();
            simulators.ask("slow", 2_000);
            return simulators.numbers("gone", 2_000)[0] / 1e6;
        } finally {
            Contest.delete(folder);
        }
    }

    private static List<Line> slowTalkdesk() throws Exception {
        Map<String, List<Run>> runs = Contest.of(
                entry("ours", Subject.ours(GUARDED), 1, 50),
                entry("baseline", Subject.baseline(GUARDED), 1, 50),
                entry("raw", Subject.raw(), 1, 50));
        double ratio = times(runs, "raw");
        return List.of(line(
                "deletions per second, Talkdesk at 50 ms a call, 8 in flight, the guard's bookkeeping on",
                "0.95 × raw",
                runs,
                number(ratio) + " × raw",
                ratio >= 0.95));
    }

    /** A past in the baseline's format: our build brings its copy up to date when it starts, which is not measured here. */
    private static List<Line> ledger() throws Exception {
        long million = (long) (1_000_000 * Options.SCALE);
        List<Line> lines = new ArrayList<>();
        for (long settled : List.of(million, 5 * million)) {
            Path past = Contest.newFolder();
            Path ours = Contest.newFolder();
            try {
                FilledLedger.fill(past, 0, settled);
                FilledLedger.copy(past, ours);
                bringUpToDate(ours);
                Map<String, List<Run>> runs = Contest.of(
                        new Entry("ours", Subject.ours(GUARDED), to -> FilledLedger.copy(ours, to), 1, 1, 0),
                        new Entry("baseline", Subject.baseline(GUARDED), to -> FilledLedger.copy(past, to), 1, 1, 0));
                double ratio = times(runs, "baseline");
                lines.add(line(
                        "deletions per second with %,d settled deletions, the guard's bookkeeping on"
                                .formatted(settled),
                        "1.8 × baseline",
                        runs,
                        number(ratio) + " × baseline",
                        ratio >= 1.8));
            } finally {
                Contest.delete(past);
                Contest.delete(ours);
            }
        }
        return lines;
    }

    private static void bringUpToDate(Path folder) throws Exception {
        try (Simulators simulators = new Simulators(1);
                Subject subject = Subject.ours().start(simulators, folder)) {
            subject.awaitSubscribed();
            subject.stop();
        }
    }

    private static List<Line> memory() throws Exception {
        int deletions = Options.scaled(Contest.DELETIONS);
        List<Line> lines = new ArrayList<>();
        for (int more : List.of(0, (int) (1_000_000 * Options.SCALE))) {
            Map<String, List<Double>> mebibytes = inTurns(
                    Map.of("ours", Subject.ours(), "baseline", Subject.baseline()),
                    starter -> Rows.memoryWith(more, starter));
            lines.add(compared(
                    "resident memory after %,d deletions of a backlog, %,d more pending".formatted(deletions, more),
                    1.05,
                    mebibytes,
                    "baseline",
                    " MiB",
                    Subject.heap()));
        }
        return lines;
    }

    private static List<Line> start() throws Exception {
        Map<String, Subject.Starter> byJar = new LinkedHashMap<>();
        byJar.put("ours", Subject.jar());
        byJar.put("baseline", Subject.baselineJar());
        byJar.put("stock", Subject.stock());
        Line jar = compared(
                "start by `java -jar` to the subscription, no archive of the classes",
                1.15,
                inTurns(byJar, Goals::millisToSubscription),
                "stock",
                " ms",
                "loading and verifying classes");
        Line script = compared(
                "start by the script to the subscription, a new database",
                1.05,
                inTurns(Map.of("ours", Subject.ours(), "baseline", Subject.baseline()), Goals::millisToSubscription),
                "baseline",
                " ms",
                "setting up Camel, the schema and the connections");
        return List.of(jar, script);
    }

    private static double millisToSubscription(Subject.Starter starter) throws Exception {
        Path folder = Contest.newFolder();
        try (Simulators simulators = new Simulators(1);
                Subject subject = starter.start(simulators, folder)) {
            return subject.awaitMillisToSubscription();
        } finally {
            Contest.delete(folder);
        }
    }

    /** The start that it is compared with is the one before the kill: on an empty database, so that it is no shorter. */
    private static List<Line> killedOnPostgresql() throws Exception {
        List<Double> starts = new ArrayList<>();
        List<Double> again = new ArrayList<>();
        List<Double> baseline = new ArrayList<>();
        try (DurablePostgres postgres = new DurablePostgres();
                Simulators simulators = new Simulators(1)) {
            for (int i = 0; i < Options.RUNS; i++) {
                double[] ours = killed(simulators, Subject.ours(on(postgres.newUrl())));
                starts.add(ours[0]);
                again.add(ours[1]);
                baseline.add(killed(simulators, Subject.baseline(on(postgres.newUrl())))[1]);
            }
        }
        double ratio = new Samples(again).median() / new Samples(starts).median();
        return List.of(new Line(
                "SIGKILL on PostgreSQL, one node: start of the new process to the subscription",
                "1.2 × a start",
                new Samples(again).text(" ms"),
                new Samples(baseline).text(" ms"),
                "",
                "",
                "%s × %s ms".formatted(number(ratio), number(new Samples(starts).median())),
                ratio <= 1.2,
                "the start"));
    }

    private static double[] killed(Simulators simulators, Subject.Starter starter) throws Exception {
        Path folder = Contest.newFolder();
        try {
            double start;
            try (Subject subject = starter.start(simulators, folder)) {
                start = subject.awaitMillisToSubscription();
                subject.kill();
            }
            try (Subject subject = starter.start(simulators, folder)) {
                double after = subject.awaitMillisToSubscription();
                Options.say("subscribed after %.0f ms, killed, and after %.0f ms".formatted(start, after));
                return new double[] {start, after};
            }
        } finally {
            Contest.delete(folder);
        }
    }

    private static List<Line> killedOnSqlite() throws Exception {
        return List.of(compared(
                "SIGKILL within a backlog: start of the new process to its first DELETE, SQLite",
                1.05,
                inTurns(Map.of("ours", Subject.ours(), "baseline", Subject.baseline()), Rows::millisToFirstDelete),
                "baseline",
                " ms",
                "the start"));
    }

    private static List<Line> trickle() throws Exception {
        int seconds = (int) Math.max(5, 20 * Options.SCALE);
        Map<String, List<Double>> p50 = new LinkedHashMap<>();
        Map<String, List<Double>> p99 = new LinkedHashMap<>();
        for (int i = 0; i < Options.RUNS; i++) {
            for (String name : List.of("ours", "baseline")) {
                Path folder = Contest.newFolder();
                Subject.Starter starter =
                        name.equals("ours") ? Subject.ours("batch.linger", "0") : Subject.baseline("batch.linger", "0");
                try (Simulators simulators = new Simulators(1);
                        Subject subject = starter.start(simulators, folder)) {
                    subject.awaitSubscribed();
                    simulators.ask("mark");
                    simulators.ask("publish", Options.scaled(Contest.WARM_UP), 1);
                    simulators.ask("await-deleted", Options.scaled(Contest.WARM_UP));
                    long[] latency = simulators.numbers("trickle", 5, seconds);
                    p50.computeIfAbsent(name, key -> new ArrayList<>()).add(latency[0] / 1000.0);
                    p99.computeIfAbsent(name, key -> new ArrayList<>()).add(latency[1] / 1000.0);
                } finally {
                    Contest.delete(folder);
                }
            }
        }
        String what = "5 events a second for %d s, published to DELETE received, `batch.linger=0`, ".formatted(seconds);
        return List.of(
                compared(what + "p50", 1.05, p50, "baseline", " ms", "two commits and the call"),
                compared(what + "p99", 1.05, p99, "baseline", " ms", "two commits and the call"));
    }

    // ---- comparing

    private interface Measured {
        double of(Subject.Starter starter) throws Exception;
    }

    private static Map<String, List<Double>> inTurns(Map<String, Subject.Starter> starters, Measured measured)
            throws Exception {
        Map<String, List<Double>> values = new LinkedHashMap<>();
        for (int i = 0; i < Options.RUNS; i++) {
            for (Map.Entry<String, Subject.Starter> starter : starters.entrySet()) {
                double value = measured.of(starter.getValue());
                Options.say("%s: %.1f".formatted(starter.getKey(), value));
                values.computeIfAbsent(starter.getKey(), name -> new ArrayList<>())
                        .add(value);
            }
        }
        return values;
    }

    /** Of a figure that is to be small. A goal of 1.05 stands for "not worse", by what two runs of one build differ. */
    private static Line compared(
            String what, double most, Map<String, List<Double>> values, String with, String unit, String bound) {
        double ratio = new Samples(values.get("ours")).median() / new Samples(values.get(with)).median();
        return new Line(
                what,
                "%s × %s".formatted(number(most), with),
                new Samples(values.get("ours")).text(unit),
                new Samples(values.get("baseline")).text(unit),
                values.containsKey("stock") ? new Samples(values.get("stock")).text(unit) : "",
                "",
                "%s × %s".formatted(number(ratio), with),
                ratio <= most,
                bound);
    }

    private static Line line(String what, String goal, Map<String, List<Run>> runs, String ratio, boolean reached) {
        return new Line(
                what,
                goal,
                Rows.rates(runs, "ours"),
                Rows.rates(runs, "baseline"),
                Rows.rates(runs, "stock"),
                Rows.rates(runs, "raw"),
                ratio,
                reached,
                Rows.bound(runs.get("ours")));
    }

    private static double times(Map<String, List<Run>> runs, String with) {
        return median(runs, "ours", Run::rate) / median(runs, with, Run::rate);
    }

    private static double median(Map<String, List<Run>> runs, String name, ToDoubleFunction<Run> figure) {
        return Samples.of(runs.get(name), figure).median();
    }
}
