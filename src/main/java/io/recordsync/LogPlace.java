package io.recordsync;

import io.recordsync.config.Configuration;
import io.recordsync.config.InvalidConfiguration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/**
 * Where the log goes besides stdout, and in which form, told to Log4j: it reads {@code log4j2.properties} when the first logger is
 * made, so that this comes before that. A configuration of Log4j that somebody named himself is left alone.
 */
final class LogPlace {

    private static final String CONFIGURATION = "log4j2.configurationFile";

    private LogPlace() {}

    /** @param configuration a mistake in it is told by the start, on stdout and as text */
    static void announce(Configuration configuration) {
        file(configuration).ifPresent(file -> {
            System.setProperty("recordsync.log.to", "file");
            System.setProperty("recordsync.log.file", file.toString());
        });
        if (configuration.value("log.format").equals("json") && System.getProperty(CONFIGURATION) == null) {
            System.setProperty(CONFIGURATION, "classpath:log4j2.properties,classpath:log4j2-json.properties");
        }
    }

    /**
     * Log4j itself would say that it cannot write there, and go on without.
     *
     * @throws InvalidConfiguration where the file cannot be written, with the system's reason
     */
    static void requireWritable(Configuration configuration) {
        file(configuration).ifPresent(file -> {
            try {
                Files.createDirectories(file.getParent());
                Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)
                        .close();
            } catch (IOException e) {
                throw new InvalidConfiguration(List.of(
                        "%s = %s cannot be written: %s (expected a file that this user may write to, in a folder of his)"
                                .formatted(configuration.named("log.file"), file, e)));
            }
        });
    }

    private static Optional<Path> file(Configuration configuration) {
        return Optional.of(configuration.value("log.file"))
                .filter(file -> !file.isBlank())
                .map(file -> Path.of(file).toAbsolutePath());
    }
}
