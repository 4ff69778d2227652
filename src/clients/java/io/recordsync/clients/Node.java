package io.recordsync.clients;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Programs for node, where npm has installed what they need. */
final class Node {

    static final Path FOLDER = Path.of("target/clients/typescript");

    private Node() {}

    /**
     * Runs one to its end, for a minute at most.
     *
     * @return the lines that it printed
     */
    static List<String> run(Map<String, String> environment, String program, String... arguments)
            throws IOException, InterruptedException {
        Path out = Files.createTempFile("node", ".out");
        Path errors = Files.createTempFile("node", ".err");
        List<String> command = new ArrayList<>(List.of("node", program));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(FOLDER.toFile())
                .redirectError(errors.toFile())
                .redirectOutput(out.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            boolean ended = process.waitFor(1, TimeUnit.MINUTES);
            String printed = Files.readString(out, StandardCharsets.UTF_8);
            if (!ended || process.exitValue() != 0) {
                throw new AssertionError(
                        program + (ended ? " ended with " + process.exitValue() : " did not end") + ":\n" + printed
                                + Files.readString(errors, StandardCharsets.UTF_8));
            }
            return printed.lines().toList();
        } finally {
            process.destroyForcibly();
            Files.delete(out);
            Files.delete(errors);
        }
    }
}
