package io.recordsync.inbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/** Any order of acts on SQLite. */
class SqliteInboxPropertiesTest extends InboxProperties {

    @Override
    Store open(String now) {
        try {
            Path file = Files.createTempDirectory(Files.createDirectories(Path.of("target")), "properties")
                    .resolve("inbox.db");
            return TestStore.open("jdbc:sqlite:" + file, null, null, now, UnaryOperator.identity());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
