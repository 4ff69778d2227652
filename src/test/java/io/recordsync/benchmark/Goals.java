package io.recordsync.benchmark;

import static io.recordsync.benchmark.Samples.number;

import io.recordsync.benchmark.Contest.Entry;
import io.recordsync.benchmark.Contest.Run;
import io.recordsync.benchmark.Rows.Row;
import java.util.List;
import java.util.Map;
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
                    new Row("baseline: 50 ms", Goals::slowTalkdesk));

    private Goals() {}

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
        return new String[] {GUARDED[0], GUARDED[1], "store.url", url, "store.user", "postgres"};
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

    // ---- comparing

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
