package io.recordsync;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The two files for Log4j: where the lines go does not depend on how they are written. */
class LogFilesTest {

    @Test
    void lines_of_json_go_where_lines_of_text_go_and_are_rotated_alike() throws IOException {
        Map<String, String> text = appenders("log4j2.properties");
        Map<String, String> json = appenders("log4j2-json.properties");

        assertThat(json).isNotEmpty().isEqualTo(text);
        assertThat(json)
                .as("as the reference and the manual have it")
                .containsEntry("appender.file.policy.size", "20MB")
                .containsEntry("appender.file.strategy.max", "9")
                .containsEntry("appender.file.createOnDemand", "true");
    }

    private static Map<String, String> appenders(String file) throws IOException {
        Properties properties = new Properties();
        try (InputStream in = Files.newInputStream(Path.of("src/main/logging", file))) {
            properties.load(in);
        }
        Map<String, String> appenders = new TreeMap<>();
        properties.stringPropertyNames().stream()
                .filter(name -> name.matches("appender\\.(console|file)\\.(?!layout\\.).*"))
                .forEach(name -> appenders.put(name, properties.getProperty(name)));
        return appenders;
    }
}
