package io.recordsync.inbox.database;

import io.recordsync.files.OwnFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Set;

/**
 * The file {@code <store>.created} beside a SQLite file: it says that a service made a database there.
 *
 * <p>A database that is missing where it lies is not made anew; whoever removes it says that a new one is meant. It names the
 * last start of a service as the database does, so that a log ({@code -wal}) that belongs to another state of the file shows.
 */
final class CreatedMarker {

    private final Path database;
    private final Path path;

    CreatedMarker(Path database) {
        this.database = database;
        this.path = database.resolveSibling(database.getFileName() + ".created");
    }

    boolean exists() {
        return Files.exists(path);
    }

    /** @throws DatabaseException when the database is missing, or empty, where one was made before */
    void requireDatabase() throws IOException {
        if (exists() && (Files.notExists(database) || Files.size(database) == 0)) {
            throw new DatabaseException(
                    "The database file %s is missing (or empty), but the service made one there before: put it back, from a backup if need be; or remove %s as well if a new, empty database is meant"
                            .formatted(database, path),
                    null);
        }
    }

    /** Those of the last start; of a start that was killed half way, those before and after it. */
    Set<String> starts() throws IOException {
        return exists() ? Set.copyOf(Files.readAllLines(path)) : Set.of();
    }

    /** Whole, or not at all. */
    void write(List<String> starts) throws IOException {
        Path written = path.resolveSibling(path.getFileName() + ".new");
        Files.deleteIfExists(written);
        OwnFiles.createFileInPlaceOf(path, written);
        Files.write(written, starts);
        Files.move(written, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
