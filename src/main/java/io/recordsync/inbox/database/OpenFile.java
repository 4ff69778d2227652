package io.recordsync.inbox.database;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * A database file that is open, with its log and the index of that: each is to be the one that its path leads to, or what is
 * written to it is lost at its end.
 */
final class OpenFile {

    /** SQLite's code for a file that cannot be opened: only a person can fix it. */
    private static final int CANTOPEN = 14;

    /** Longer than a log takes to be written back. */
    private static final Duration MAX_UNREADABLE = Duration.ofSeconds(30);

    private final Path database;
    private final Supplier<Content> content;
    private final Map<Path, Object> keys = new LinkedHashMap<>();
    /** Of the database when it was last looked at; it is written when its log is written back, which is seldom. */
    private volatile FileTime modified;
    /** Since when it cannot be read, by {@link System#nanoTime()}; null while it can. */
    private volatile Long unreadable;

    /** Whose a database is that lies there. */
    enum Content {
        OURS,
        ANOTHERS,
        /** Not to be told, perhaps for a moment. */
        UNREADABLE
    }

    /**
     * Those that the paths lead to now.
     *
     * @param content whose the database is, as it lies there without its log
     * @param beside its log, and the index of that
     */
    OpenFile(Path database, Supplier<Content> content, Path... beside) throws IOException {
        this.database = database;
        this.content = content;
        keys.put(database, key(database));
        for (Path path : beside) {
            keys.put(path, key(path));
        }
        modified = Files.getLastModifiedTime(database);
    }

    /** @throws SQLException when a file was removed, moved or replaced */
    void require() throws SQLException {
        for (Map.Entry<Path, Object> open : keys.entrySet()) {
            Object now;
            try {
                now = key(open.getKey());
            } catch (IOException e) {
                throw gone(open.getKey(), "was removed or moved");
            }
            if (!Objects.equals(open.getValue(), now)) {
                throw gone(open.getKey(), "was replaced by another one");
            }
        }
        requireContent();
    }

    /** Another one may have been copied over it. */
    private void requireContent() throws SQLException {
        FileTime now;
        try {
            now = Files.getLastModifiedTime(database);
        } catch (IOException e) {
            throw gone(database, "was removed or moved");
        }
        if (now.equals(modified)) {
            return;
        }
        switch (content.get()) {
            case OURS -> {
                modified = now;
                unreadable = null;
            }
            case ANOTHERS -> throw gone(database, "was overwritten by another one");
            case UNREADABLE -> requireShortTime();
        }
    }

    /** While its log is written back it cannot be read; it is looked at again with the next act. */
    private void requireShortTime() throws SQLException {
        Long since = unreadable;
        long now = System.nanoTime();
        if (since == null) {
            unreadable = now;
        } else if (now - since > MAX_UNREADABLE.toNanos()) {
            throw gone(database, "was overwritten by what is no database of this service");
        }
    }

    private static SQLException gone(Path path, String how) {
        return new SQLException(
                "The database file " + path + " " + how
                        + " while the service had it open; nothing is accepted or sent any more: put it back, or restart the service to go on with what is there now",
                null,
                CANTOPEN);
    }

    private static Object key(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    }
}
