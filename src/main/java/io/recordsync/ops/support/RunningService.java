package io.recordsync.ops.support;

import io.recordsync.ops.health.Health;
import io.recordsync.ops.health.Health.Said;
import io.recordsync.ops.support.SupportArchive.Source;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * The service that runs, as it answers the command {@code support}: its installation, its status, its checks, its metrics, its threads
 * and the last lines of its log. Thread-safe.
 */
public final class RunningService {

    private final Questions questions;
    private final Health health;
    private final Supplier<String> metrics;
    private volatile Optional<Installation> installation = Optional.empty();
    private volatile Supplier<String> lines = () -> "Not kept in this runtime: see where its log goes";

    public RunningService(Questions questions, Health health, Supplier<String> metrics) {
        this.questions = questions;
        this.health = health;
        this.metrics = metrics;
    }

    /** What it runs with: until this is known it answers nobody. */
    public void runsWith(Installation known) {
        installation = Optional.of(known);
    }

    /** Where the last lines of the log are, in a runtime that keeps them. */
    public void keepsLines(Supplier<String> kept) {
        lines = kept;
    }

    /** The ids of the questions that wait, for a route. */
    public List<String> asked() {
        return installation.isPresent() ? questions.asked() : List.of();
    }

    /**
     * Answers one, for a route.
     *
     * @param status as {@code GET /api/status} shows it
     */
    public void answer(String question, String status) throws IOException {
        Installation known = installation.orElseThrow();
        questions.answer(question, file -> write(file, status, known));
    }

    private void write(Path file, String status, Installation known) throws IOException {
        // Here, where the secrets are known: the command may have been started without them.
        try (SupportArchive archive = new SupportArchive(Files.newOutputStream(file), known.scrubbing())) {
            known.addTo(archive);
            archive.add("status.json", () -> status);
            archive.add("health.txt", this::checks);
            archive.add("metrics.txt", metrics::get);
            archive.add("threads.txt", threads());
            archive.add("log.txt", () -> lines.get());
        }
    }

    private String checks() {
        return health.says().stream().map(RunningService::line).collect(Collectors.joining());
    }

    private static String line(Said said) {
        String state = said.up() == null ? "unknown" : said.up() ? "up" : "down";
        return said.check() + ": " + state + (said.words().isEmpty() ? "" : ": " + said.words()) + "\n";
    }

    /** As jstack shows them, where this is HotSpot. */
    private static Source threads() {
        return () -> {
            try {
                return (String) ManagementFactory.getPlatformMBeanServer()
                        .invoke(
                                new ObjectName("com.sun.management:type=DiagnosticCommand"),
                                "threadPrint",
                                new Object[] {new String[] {"-l"}},
                                new String[] {String[].class.getName()});
            } catch (JMException otherMachine) {
                return Thread.getAllStackTraces().entrySet().stream()
                        .map(thread -> thread.getKey() + "\n"
                                + List.of(thread.getValue()).stream()
                                        .map(frame -> "    at " + frame + "\n")
                                        .collect(Collectors.joining()))
                        .collect(Collectors.joining("\n"));
            }
        };
    }
}
