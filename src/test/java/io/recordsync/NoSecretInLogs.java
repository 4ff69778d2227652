package io.recordsync;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test class when a log shows what {@link Secrets} keeps: what was logged within the tests, and the log of every
 * process that they started and that writes into {@code target/stories}.
 *
 * <p>JUnit finds it by itself, for every class: no test can forget it.
 */
public final class NoSecretInLogs implements BeforeAllCallback, AfterAllCallback {

    private static final Path LOGS = Path.of("target/stories");
    private static final Seen SEEN = new Seen();
    /** How long each log was when it was looked through. */
    private static final Map<Path, Long> LOOKED_THROUGH = new HashMap<>();

    @Override
    public void beforeAll(ExtensionContext test) {
        // Logging may have been configured anew since.
        LoggerContext logging = (LoggerContext) LogManager.getContext(false);
        if (!logging.getConfiguration().getRootLogger().getAppenders().containsKey(SEEN.getName())) {
            SEEN.start();
            logging.getConfiguration().getRootLogger().addAppender(SEEN, null, null);
            logging.updateLoggers();
        }
    }

    @Override
    public synchronized void afterAll(ExtensionContext test) throws IOException {
        List<String> shown = List.copyOf(SEEN.shown);
        SEEN.shown.clear();
        if (!shown.isEmpty()) {
            throw new AssertionError("A secret or personal data was logged:\n" + String.join("\n", shown));
        }
        if (Files.isDirectory(LOGS)) {
            try (Stream<Path> logs = Files.list(LOGS)) {
                for (Path log :
                        logs.filter(file -> file.toString().endsWith(".log")).toList()) {
                    lookThrough(log);
                }
            }
        }
    }

    private static void lookThrough(Path log) throws IOException {
        long length = Files.size(log);
        if (LOOKED_THROUGH.getOrDefault(log, 0L) == length) {
            return;
        }
        LOOKED_THROUGH.put(log, length);
        Secrets.refuse(log.toString(), new String(Files.readAllBytes(log), UTF_8));
    }

    private static final class Seen extends AbstractAppender {

        private final List<String> shown = new CopyOnWriteArrayList<>();

        Seen() {
            super("no-secret", null, null, true, Property.EMPTY_ARRAY);
        }

        @Override
        public void append(LogEvent event) {
            String said = event.getMessage().getFormattedMessage()
                    + (event.getThrown() == null ? "" : " " + event.getThrown());
            Secrets.shownIn(said).ifPresent(secret -> shown.add(event.getLoggerName() + ": " + said));
        }
    }
}
