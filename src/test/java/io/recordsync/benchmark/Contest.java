package io.recordsync.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Measures how fast subjects delete, each with the same data, in turns: what else the machine does meets all of them.
 *
 * <p>A run is a new process on a new database. After a warm-up all events are published at once; the clock starts when the
 * first response is on its way and stops at the given number of deletions. Some more are published, so that nobody's wait
 * for a last full batch is measured. The simulators have served two runs of the raw client before.
 */
final class Contest {

    static final int DELETIONS = 60_000;
    static final int WARM_UP = 20_000;
    private static final int MORE = 2_000;

    private Contest() {}

    /**
     * One of those who are compared.
     *
     * @param recordsEach how many contacts an event names
     * @param latency of Talkdesk, in milliseconds
     */
    record Entry(String name, Subject.Starter starter, Database database, int recordsEach, int lists, long latency) {

        /** Events of one record, one list, no latency, an empty database. */
        Entry(String name, Subject.Starter starter) {
            this(name, starter, folder -> {}, 1, 1, 0);
        }

        private int events(int deletions) {
            return Math.max(1, deletions / (recordsEach * lists));
        }
    }

    /** Puts a database into a folder. */
    interface Database {
        void into(Path folder) throws Exception;
    }

    /**
     * What a run measured. Cores are those that were busy with it on average; CPU is in seconds per 10,000 deletions.
     *
     * @param machine the share of the machine's cores that were busy with anything
     * @param resident MiB at the end
     */
    record Run(
            double rate,
            double cpu,
            double cores,
            double simulatorsCores,
            double machine,
            double itemsPerCall,
            double resident) {

        private String line(String name) {
            return "%s: %,.0f/s, %.2f CPU s per 10,000, %.1f items a call, %.0f MiB; machine %.0f %% busy: itself %.2f, simulators %.2f cores"
                    .formatted(name, rate, cpu, itemsPerCall, resident, 100 * machine, cores, simulatorsCores);
        }
    }

    /** @return the runs of each entry, by its name */
    static Map<String, List<Run>> of(Entry... entries) throws Exception {
        Map<String, List<Run>> runs = new LinkedHashMap<>();
        Map<Integer, Simulators> simulators = new HashMap<>();
        List<Entry> turn = new ArrayList<>(List.of(entries));
        try {
            for (Entry entry : entries) {
                runs.put(entry.name(), new ArrayList<>());
                if (!simulators.containsKey(entry.lists())) {
                    simulators.put(entry.lists(), warm(entry));
                }
            }
            for (int i = 0; i < Options.RUNS; i++) {
                for (Entry entry : turn) {
                    Run run = run(simulators.get(entry.lists()), entry, null).run();
                    Options.say(run.line(entry.name()));
                    runs.get(entry.name()).add(run);
                }
                // Nobody is always the first, or always next to the same one.
                Collections.rotate(turn, -1);
            }
        } finally {
            simulators.values().forEach(Simulators::close);
        }
        return runs;
    }

    /** Simulators whose code is compiled: the first subject would pay for that, on the cores that all of them share. */
    private static Simulators warm(Entry entry) throws Exception {
        Simulators simulators = new Simulators(entry.lists());
        Entry raw = new Entry("raw", Subject.raw(), folder -> {}, entry.recordsEach(), entry.lists(), 0);
        for (int i = 0; i < 2; i++) {
            run(simulators, raw, null);
        }
        return simulators;
    }

    /** A run that was looked into, which costs something. */
    record Looked(Run run, Profile profile) {}

    static Looked profiled(Profiler.Event event) throws Exception {
        Entry ours = new Entry("ours", Subject.ours());
        try (Simulators simulators = warm(ours)) {
            return run(simulators, ours, event);
        }
    }

    /** @param event null = nobody looks */
    private static Looked run(Simulators simulators, Entry entry, Profiler.Event event) throws Exception {
        Path folder = newFolder();
        entry.database().into(folder);
        simulators.ask("latency", entry.latency());
        try (Subject subject = entry.starter().start(simulators, folder)) {
            subject.awaitSubscribed();
            simulators.ask("mark");
            awaitDeleted(simulators, entry, publish(simulators, entry, Options.scaled(WARM_UP)));

            simulators.ask("mark");
            int events = entry.events(Options.scaled(DELETIONS));
            int published = publish(simulators, entry, Options.scaled(DELETIONS) + Options.scaled(MORE));
            double cpu = Processes.cpuSeconds(subject.handle());
            double simulatorsCpu = Processes.cpuSeconds(simulators.handle());
            long[] machine = Processes.machine();
            // Not before: until the events are made there is nothing to do, and much time to count.
            Profiler profiler = event == null ? null : Profiler.start(subject, event);
            long[] measured = awaitDeleted(simulators, entry, events);
            cpu = Processes.cpuSeconds(subject.handle()) - cpu;
            simulatorsCpu = Processes.cpuSeconds(simulators.handle()) - simulatorsCpu;
            long[] machineAfter = Processes.machine();
            Profile profile = profiler == null ? null : profiler.stop();
            awaitDeleted(simulators, entry, published);
            simulators.ask("check");

            double deletions = (double) events * entry.recordsEach() * entry.lists();
            double seconds = measured[0] / 1e9;
            Run run = new Run(
                    deletions / seconds,
                    cpu / deletions * 10_000,
                    cpu / seconds,
                    simulatorsCpu / seconds,
                    (double) (machineAfter[0] - machine[0]) / Math.max(1, machineAfter[1] - machine[1]),
                    (double) measured[2] / measured[1],
                    Processes.residentMebibytes(subject.handle()));
            return new Looked(run, profile);
        } finally {
            delete(folder);
        }
    }

    /** @return events */
    static int publish(Simulators simulators, Entry entry, int deletions) throws IOException {
        int events = entry.events(deletions);
        simulators.ask("publish", events, entry.recordsEach());
        return events;
    }

    private static long[] awaitDeleted(Simulators simulators, Entry entry, int events) throws IOException {
        return simulators.numbers("await-deleted", (long) events * entry.recordsEach() * entry.lists());
    }

    static Path newFolder() throws IOException {
        return Files.createTempDirectory(Files.createDirectories(Processes.FOLDER), "run-");
    }

    /** Its process has ended, or is about to: it is killed. */
    static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
