package io.recordsync.inbox.database;

import io.recordsync.files.OwnFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The proof that this process alone has a database file: an exclusive lock on {@code <file>.lock} beside it.
 *
 * <p>The operating system frees it when the process ends, however it ends. Within a process it is held once as well.
 */
final class FileLock implements AutoCloseable {

    /** Asked first: on Linux, closing any channel of a file gives up every lock that the process has on it. */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path path;
    private final FileChannel channel;

    private FileLock(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /** Locks a database file, which need not exist; its folder must. */
    static FileLock of(Path database) throws IOException {
        Path real = real(database);
        return hold(real, beside(real), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    /** Likewise, but makes no file for it: nothing where none was ever locked. */
    static Optional<FileLock> ofExisting(Path database) throws IOException {
        Path real = real(database);
        Path path = beside(real);
        return Files.exists(path) ? Optional.of(hold(real, path, StandardOpenOption.WRITE)) : Optional.empty();
    }

    /** Where the lock of a database file is. */
    static Path beside(Path database) {
        return database.resolveSibling(database.getFileName() + ".lock");
    }

    private static Path real(Path database) throws IOException {
        if (Files.exists(database)) {
            return database.toRealPath();
        }
        Path folder = database.getParent();
        return (Files.exists(folder) ? folder.toRealPath() : folder).resolve(database.getFileName());
    }

    private static FileLock hold(Path real, Path path, OpenOption... options) throws IOException {
        if (!HELD.add(path)) {
            throw taken(real);
        }
        FileChannel channel = null;
        try {
            channel = open(path, options);
            if (channel.tryLock() == null) {
                throw taken(real);
            }
            return new FileLock(path, channel);
        } catch (IOException | RuntimeException e) {
            if (channel != null) {
                channel.close();
            }
            HELD.remove(path);
            throw e;
        }
    }

    private static FileChannel open(Path path, OpenOption... options) throws IOException {
        if (List.of(options).contains(StandardOpenOption.CREATE)) {
            OwnFiles.createFile(path);
        }
        return FileChannel.open(path, options);
    }

    @Override
    public void close() throws IOException {
        channel.close();
        HELD.remove(path);
    }

    private static DatabaseInUseException taken(Path database) {
        return new DatabaseInUseException(
                "%s is in use by another process (a SQLite file belongs to one; several need jdbc:postgresql:)"
                        .formatted(database));
    }
}
