package io.recordsync.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.benchmark.Rows.Row;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Measures the packaged service beside the stock route and a raw client, and writes {@code docs/benchmarks.md}.
 *
 * <p>{@code mvn -Pbenchmark verify}; {@link Options} says what else may be given. It fails where something could not be
 * measured; a goal that is not reached is told by the table.
 */
class Benchmark {

    private final List<String> broken = new ArrayList<>();

    @Test
    void measure() throws Exception {
        // Logs, recordings and the unpacked zip of the last time.
        Contest.delete(Files.createDirectories(Processes.FOLDER));
        if (Options.ONLY.equals("soak")) {
            Soak.Result soak = Soak.run();
            Report.replace(Report.SOAK, soak.line(), soak.table());
            return;
        }
        List<Row> rows = Stream.concat(Rows.ALL.stream(), Goals.ALL.stream())
                .filter(row -> row.name().contains(Options.ONLY))
                .filter(row -> !Options.ONLY.isEmpty() || !Goals.measureBetter(row))
                .toList();
        List<Line> lines = new ArrayList<>();
        for (Row row : rows) {
            Options.say("---- " + row.name());
            List<Line> measured = measured(row);
            measured.forEach(System.out::println);
            lines.addAll(measured);
        }
        String hot = chosen("profile") ? profile() : "";
        String pieces = chosen("pieces") ? pieces() : "";
        assertThat(rows.size() + hot.length() + pieces.length())
                .as("-Dbenchmark=%s names no row (expected a part of one of %s, profile, pieces or soak)"
                        .formatted(
                                Options.ONLY,
                                Stream.concat(Rows.ALL.stream(), Goals.ALL.stream())
                                        .map(Row::name)
                                        .toList()))
                .isPositive();
        if (Options.ONLY.isEmpty()) {
            Report.write(lines, hot, pieces);
        }
        assertThat(broken).as("what could not be measured").isEmpty();
    }

    private static boolean chosen(String name) {
        return name.contains(Options.ONLY);
    }

    private List<Line> measured(Row row) {
        try {
            return row.measurement().take();
        } catch (Exception | AssertionError e) {
            e.printStackTrace();
            broken.add(row.name() + ": " + e);
            return List.of(new Line(row.name(), "", "could not be measured", false, ""));
        }
    }

    private String profile() {
        Options.say("---- profile");
        try {
            Contest.Looked cpu = Contest.profiled(Profiler.Event.CPU);
            Contest.Looked wall = Contest.profiled(Profiler.Event.WALL);
            String table = Report.profile(cpu, wall.profile().writing());
            System.out.println(table);
            return table;
        } catch (Exception | LinkageError e) {
            e.printStackTrace();
            broken.add("profile: " + e);
            return "It could not be measured.\n";
        }
    }

    private String pieces() throws Exception {
        Options.say("---- pieces");
        String table = Pieces.run();
        System.out.println(table);
        return table;
    }
}
