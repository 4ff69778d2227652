package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A command of the packaged jar that was run to its end, as a process of its own: what it said, and its exit code. */
record Command(int exitCode, String out, String err) {

    /** Runs it with these variables and none of the developer's own that could configure it. */
    static Command run(Map<String, String> environment, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                SharedClasses.option(),
                "-jar",
                Service.JAR.toString()));
        command.addAll(List.of(arguments));
        return of(new ProcessBuilder(command), environment);
    }

    /**
     * Likewise, in a folder of one's own.
     *
     * @param before what runs it, such as {@code setpriv} and its options
     * @param options for the JVM
     */
    static Command runIn(
            Path folder,
            List<String> before,
            List<String> options,
            Map<String, String> environment,
            String... arguments)
            throws Exception {
        List<String> command = new ArrayList<>(before);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        command.addAll(options);
        command.addAll(List.of("-jar", Service.JAR.toString()));
        command.addAll(List.of(arguments));
        return of(new ProcessBuilder(command).directory(folder.toFile()), environment);
    }

    /** Likewise, in a line of the shell where {@code $COMMAND} stands for the jar. */
    static Command shell(Map<String, String> environment, String line) throws Exception {
        ProcessBuilder builder = new ProcessBuilder("sh", "-c", line);
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        builder.environment().put("COMMAND", java + " -XX:TieredStopAtLevel=1 -jar " + Service.JAR);
        return of(builder, environment);
    }

    private static Command of(ProcessBuilder builder, Map<String, String> environment) throws Exception {
        builder.environment().keySet().removeIf(name -> Stream.of(
                        "SALESFORCE_", "TALKDESK_", "STORE_", "BATCH_", "OPS_", "LEDGER_")
                .anyMatch(name::startsWith));
        builder.environment().putAll(environment);
        Path out = Files.createTempFile("command-", ".out");
        Path err = Files.createTempFile("command-", ".err");
        try {
            Process process = builder.redirectOutput(out.toFile())
                    .redirectError(err.toFile())
                    .start();
            boolean ended = process.waitFor(60, TimeUnit.SECONDS);
            process.destroyForcibly();
            assertThat(ended).as("ended in time; so far it said %s", text(err)).isTrue();
            return new Command(process.exitValue(), text(out), text(err));
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }

    private static String text(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.UTF_8);
    }
}
