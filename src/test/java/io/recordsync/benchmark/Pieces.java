package io.recordsync.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** The hot pieces alone, by JMH: a process of its own, because only the profile has JMH on its class path. */
final class Pieces {

    private Pieces() {}

    /** @return a table of what an operation costs */
    static String run() throws IOException, InterruptedException {
        File result = Files.createTempFile(Files.createDirectories(Processes.FOLDER), "jmh-", ".json")
                .toFile();
        Process jmh = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        "org.openjdk.jmh.Main",
                        "-rf",
                        "json",
                        "-rff",
                        result.getPath())
                .redirectErrorStream(true)
                .redirectOutput(Processes.log("jmh").toFile())
                .start();
        if (jmh.waitFor() != 0) {
            throw new IOException("JMH failed; see target/benchmark/jmh-*.log");
        }
        StringBuilder table = new StringBuilder("| piece | time | |\n| --- | ---: | --- |\n");
        for (JsonNode piece : new ObjectMapper().readTree(result)) {
            JsonNode metric = piece.path("primaryMetric");
            String[] name = piece.path("benchmark").asText().split("\\.");
            table.append("| `%s.%s` | %s ± %s | %s |\n"
                    .formatted(
                            name[name.length - 2],
                            name[name.length - 1],
                            Samples.number(metric.path("score").asDouble()),
                            Samples.number(metric.path("scoreError").asDouble()),
                            metric.path("scoreUnit").asText().toLowerCase(Locale.ROOT)));
        }
        return table.toString();
    }
}
