package io.recordsync.inbox.database;

import io.recordsync.files.OwnFiles;
import io.recordsync.files.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.sqlite.SQLiteDataSource;

/**
 * A SQLite database as the operating system sees it: the file, its log with an index, and what lies beside them.
 *
 * <p>Who may use them is found out here: of a file of another user SQLite says that it is read-only, or no database.
 */
final class SqliteFiles {

    /** What belongs to a database, by the end of its name. */
    private static final Set<String> ENDS = Set.of("", "-wal", "-shm", "-journal", ".lock", ".created");

    private final Path file;

    SqliteFiles(Path file) {
        this.file = file;
    }

    Path database() {
        return file;
    }

    Path log() {
        return beside("-wal");
    }

    Path logIndex() {
        return beside("-shm");
    }

    private Path beside(String end) {
        return file.resolveSibling(file.getFileName() + end);
    }

    /** Those that are there and hold what is stored, or lock it. */
    List<Path> existing() {
        return Stream.of(file, log(), logIndex(), FileLock.beside(file))
                .filter(Files::exists)
                .toList();
    }

    boolean exists() {
        return Files.exists(file);
    }

    /** A process that ended in order has removed its log. */
    boolean crashed() throws IOException {
        return exists() && Files.exists(log()) && Files.size(log()) > 0;
    }

    /** Whether a file of this name would take the place of one of them. */
    boolean include(Path other) throws IOException {
        Path real = file.toRealPath();
        String end = other.getFileName().toString().replace(real.getFileName().toString(), "");
        return ENDS.contains(end) && Files.isSameFile(other.getParent(), real.getParent());
    }

    /** @throws DatabaseException when one that is there cannot be written, or the folder, with who may */
    void requireWritable() {
        for (Path each : existing()) {
            if (!(Files.isReadable(each) && Files.isWritable(each))) {
                throw new DatabaseException("%s cannot be opened: %s".formatted(each, Refusal.denied(each)), null);
            }
        }
        Path folder = nearestFolder();
        if (!Files.isWritable(folder)) {
            throw new DatabaseException(
                    "%s cannot be opened: nothing can be written into its folder: %s"
                            .formatted(file, Refusal.denied(file.getParent())),
                    null);
        }
    }

    /** @throws DatabaseException when it is not there, or this user may not read it */
    void requireReadable() {
        if (!Files.isRegularFile(file)) {
            throw new DatabaseException(
                    "Store %s does not exist (expected the file of a service that was started before)"
                            .formatted(SqliteFile.PREFIX + file),
                    null);
        }
        if (!Files.isReadable(file)) {
            throw new DatabaseException("%s cannot be opened: %s".formatted(file, Refusal.denied(file)), null);
        }
    }

    /** Where the file is or, while its folder is still to be made, the next one above. */
    Path nearestFolder() {
        Path folder = file.getParent();
        while (Files.notExists(folder) && folder.getParent() != null) {
            folder = folder.getParent();
        }
        if (!Files.isDirectory(folder)) {
            throw new DatabaseException(
                    "Store %s cannot be opened: %s is no folder".formatted(SqliteFile.PREFIX + file, folder), null);
        }
        return folder;
    }

    void makeFolder() throws IOException {
        try {
            OwnFiles.createFolder(file.getParent());
        } catch (IOException e) {
            throw new DatabaseException(
                    "%s cannot be made: %s".formatted(file.getParent(), Refusal.ofFolder(file.getParent(), e)), e);
        }
    }

    /** An empty one, where there is none: SQLite would give it the umask's mode, and its log has the mode of the file. */
    void makeDatabase() throws IOException {
        OwnFiles.createFile(file);
    }

    /** As it lies there: its log is not read, and nothing is written. */
    static DataSource alone(Path file) {
        SQLiteDataSource alone = new SQLiteDataSource();
        alone.setUrl(SqliteFile.PREFIX + "file:" + file.toUri().getRawPath() + "?immutable=1");
        return alone;
    }

    /** A reader makes a log where there is none, and leaves it: a service of another user could not open it. */
    void deleteLogUnlessInUse() throws IOException {
        try {
            Optional<FileLock> lock = FileLock.ofExisting(file);
            try {
                if (Files.exists(log()) && Files.size(log()) == 0) {
                    Files.delete(log());
                    Files.deleteIfExists(logIndex());
                }
            } finally {
                if (lock.isPresent()) {
                    lock.get().close();
                }
            }
        } catch (DatabaseInUseException e) {
            // It is the service's now.
        }
    }
}
