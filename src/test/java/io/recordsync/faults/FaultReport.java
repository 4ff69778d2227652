package io.recordsync.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/**
 * Brings about every fault, on the service and on the stock route, and writes {@code docs/faults.md}.
 *
 * <p>{@code mvn -Pfaults verify}; with {@code -Dfault=…} only the faults whose names or sections contain that, and no report. It fails
 * where the service loses a deletion or deletes somebody who lives.
 */
class FaultReport {

    private static final String ONLY = System.getProperty("fault", "");

    private static final Queue<String> BROKEN = new ConcurrentLinkedQueue<>();

    private record Row(Fault fault, Outcome ours, Outcome stock) {}

    @Test
    void nothing_is_lost_by_any_fault() throws Exception {
        List<Fault> faults = Faults.all().stream()
                .filter(fault -> fault.name().contains(ONLY) || fault.group().contains(ONLY))
                .toList();
        assertThat(faults).extracting(Fault::name).isNotEmpty().doesNotHaveDuplicates();
        List<Row> rows = new ArrayList<>();
        ExecutorService two = Executors.newFixedThreadPool(2);
        try {
            List<Future<Row>> running = new ArrayList<>();
            for (Fault fault : faults) {
                running.add(two.submit(() -> run(fault)));
            }
            for (Future<Row> row : running) {
                rows.add(row.get());
            }
        } finally {
            two.shutdownNow();
        }
        if (ONLY.isEmpty()) {
            Files.writeString(Path.of("docs/faults.md"), report(rows));
        }
        assertThat(BROKEN).as("faults that could not be brought about").isEmpty();
        assertThat(rows).allSatisfy(row -> {
            Outcome ours = row.ours();
            assertThat(ours.lost())
                    .as("%s: lost; %s", row.fault().name(), ours.saw())
                    .isLessThanOrEqualTo(0);
            assertThat(ours.wronglyDeleted())
                    .as("%s: deleted though they live", row.fault().name())
                    .isZero();
        });
    }

    private static Row run(Fault fault) throws Exception {
        Row row = new Row(fault, ours(fault), fault.stock() ? stock(fault) : null);
        System.out.println("FaultReport: " + line(row));
        return row;
    }

    @SuppressWarnings("try") // what the setting gives is only closed
    private static Outcome ours(Fault fault) throws Exception {
        try (World world = new World(Files.createTempDirectory("faults"));
                Ours ours = new Ours(world);
                AutoCloseable setting = fault.setting().before(world, ours.service)) {
            return Run.of(fault, world, ours);
        } catch (NotRun e) {
            return Outcome.notRun(e.getMessage());
        } catch (Exception | AssertionError e) {
            return broken(fault.name() + " (ours)", e);
        }
    }

    private static Outcome stock(Fault fault) throws Exception {
        try (World world = new World(Files.createTempDirectory("faults"));
                Stock stock = new Stock(world)) {
            return Run.of(fault, world, stock);
        } catch (Exception | AssertionError e) {
            return broken(fault.name() + " (stock)", e);
        }
    }

    private static Outcome broken(String name, Throwable e) {
        e.printStackTrace();
        BROKEN.add(name + ": " + e);
        return Outcome.notRun("could not be run");
    }

    // ---- the report

    private static String report(List<Row> rows) throws Exception {
        StringBuilder text = new StringBuilder();
        text.append(
                """
                # Faults

                What is lost under each fault, by this service and by a stock Camel route, on the same simulators. Written by
                `mvn -Pfaults verify`, which fails when the service loses a deletion or deletes somebody who lives;
                `mvn -Pfaults verify -Dfault=GAP` runs some of them.

                - **Lost**: deleted in Salesforce, and still in the record list when nothing moved any more for ten minutes.
                - **Twice**: items sent again although an answer had confirmed them. Harmless, but a call.
                - **Seconds**: from the end of the fault until everyone was gone who had to be, on the time scale below. An emptied
                  Recycle Bin ends as a fault when Salesforce's delete log tells of its minute.
                - **Saw**: the first health check that was down, and the first ERROR (else WARN) line of the log.

                """);
        text.append("| | |\n| --- | --- |\n");
        text.append("| date | ").append(LocalDate.now()).append(" |\n");
        text.append("| commit | ").append(commit()).append(" |\n");
        text.append("| machine | ")
                .append(Runtime.getRuntime().availableProcessors())
                .append(" cores, ")
                .append(memory())
                .append(", ")
                .append(System.getProperty("os.name"))
                .append(", Java ")
                .append(Runtime.version().feature())
                .append("; two faults at a time |\n");
        text.append("| time scale | every waiting time of both sides and of the simulators divided by ")
                .append(Scale.FACTOR)
                .append(": five minutes are 15 s |\n");
        text.append(
                "| stock route | `src/test/resources/stock/stock-route.camel.yaml`: `salesforce:pubSubSubscribe`, filter,"
                        + " split, aggregate, camel-http, three redeliveries; no database |\n\n");
        text.append(summary(rows)).append('\n');
        String group = "";
        for (Row row : rows) {
            if (!row.fault().group().equals(group)) {
                group = row.fault().group();
                text.append("\n## ").append(group).append("\n\n");
                text.append("| fault | | lost | twice | seconds | what the operator saw |\n");
                text.append("| --- | --- | ---: | ---: | ---: | --- |\n");
            }
            text.append(line(row.fault().name(), "ours", row.ours()));
            if (row.stock() != null) {
                text.append(line("", "stock", row.stock()));
            }
        }
        return text.toString();
    }

    private static String summary(List<Row> rows) {
        Predicate<Outcome> clean = outcome -> outcome.ran() && outcome.lost() == 0 && outcome.wronglyDeleted() == 0;
        List<Row> both = rows.stream().filter(row -> row.stock() != null).toList();
        return "Of %d faults, %d were run on the service and cost it nothing in %d; the stock route went through %d of them, and through %d without a loss.\n"
                .formatted(
                        rows.size(),
                        rows.stream().filter(row -> row.ours().ran()).count(),
                        rows.stream().filter(row -> clean.test(row.ours())).count(),
                        both.size(),
                        both.stream().filter(row -> clean.test(row.stock())).count());
    }

    private static String line(Row row) {
        return (line(row.fault().name(), "ours", row.ours())
                        + (row.stock() == null ? "" : line(row.fault().name(), "stock", row.stock())))
                .strip();
    }

    private static String line(String name, String side, Outcome outcome) {
        if (!outcome.ran()) {
            return "| %s | %s | | | | %s |\n".formatted(name, side, outcome.saw());
        }
        String lost = outcome.wronglyDeleted() == 0
                ? Integer.toString(outcome.lost())
                : "%d, and %d deleted that live".formatted(outcome.lost(), outcome.wronglyDeleted());
        String seconds = outcome.recovered() == null
                ? "never"
                : "%.1f".formatted(outcome.recovered().toMillis() / 1000.0);
        return "| %s | %s | %s | %d | %s | %s |\n".formatted(name, side, lost, outcome.twice(), seconds, outcome.saw());
    }

    private static String commit() throws Exception {
        Process git = new ProcessBuilder("git", "rev-parse", "--short", "HEAD").start();
        String head = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        return git.waitFor() == 0 ? head : "unknown";
    }

    private static String memory() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/meminfo"))) {
            if (line.startsWith("MemTotal:")) {
                long gib = Long.parseLong(line.replaceAll("\\D", "")) / (1024 * 1024);
                return gib + " GiB";
            }
        }
        return "unknown memory";
    }
}
