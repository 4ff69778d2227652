package io.recordsync.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * The folder of one process for what is on the disk only while it is worked on, such as a long answer of Salesforce.
 *
 * <p>It is removed at the end of the process. What a process left that was killed is removed by the next one. While a process runs it
 * holds a lock beside its folder, so that several may share a data folder.
 */
public final class Spool implements AutoCloseable {

    private static final String LOCK = ".lock";

    /** Of this JVM: closing any channel of a file gives up every lock that the JVM has on it. */
    private static final Set<String> OURS = new HashSet<>();

    private final Path folder;
    private final Path lockFile;
    private final FileChannel lock;

    private Spool(Path folder, Path lockFile, FileChannel lock) {
        this.folder = folder;
        this.lockFile = lockFile;
        this.lock = lock;
    }

    /** @throws IOException when it cannot be made; the message is for a person */
    public static Spool in(DataFolder data) throws IOException {
        Path all = data.spool();
        try {
            OwnFiles.createFolder(all);
            synchronized (OURS) {
                return make(all);
            }
        } catch (IOException e) {
            throw new IOException(all + ": " + Refusal.ofFolder(all, e), e);
        }
    }

    @SuppressWarnings("try") // the lock is only closed
    private static Spool make(Path all) throws IOException {
        // One at a time: a lock that was made a moment ago and is not held yet would look like one that was left
        // behind.
        Path making = all.resolve("making" + LOCK);
        OwnFiles.createFile(making);
        try (FileChannel alone = FileChannel.open(making, StandardOpenOption.WRITE);
                FileLock held = alone.lock()) {
            removeLeftBehind(all);
            String name = UUID.randomUUID().toString();
            Path lockFile = all.resolve(name + LOCK);
            OwnFiles.createFile(lockFile);
            FileChannel lock = FileChannel.open(lockFile, StandardOpenOption.WRITE);
            try {
                lock.lock();
                Path folder = all.resolve(name);
                OwnFiles.createFolder(folder);
                OURS.add(name);
                return new Spool(folder, lockFile, lock);
            } catch (IOException e) {
                lock.close();
                throw e;
            }
        }
    }

    private static void removeLeftBehind(Path all) throws IOException {
        List<Path> folders;
        try (Stream<Path> files = Files.list(all)) {
            folders = files.filter(Files::isDirectory).toList();
        }
        for (Path folder : folders) {
            String name = folder.getFileName().toString();
            if (!OURS.contains(name)) {
                removeUnlessLocked(folder, all.resolve(name + LOCK));
            }
        }
    }

    private static void removeUnlessLocked(Path folder, Path lockFile) {
        try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            if (channel.tryLock() != null) {
                remove(folder);
                Files.delete(lockFile);
            }
        } catch (IOException | OverlappingFileLockException e) {
            // Another user's, or of another class loader in this JVM: it does no harm.
        }
    }

    /** Exists until it is closed. */
    public Path folder() {
        return folder;
    }

    @Override
    public void close() throws IOException {
        synchronized (OURS) {
            remove(folder);
            Files.deleteIfExists(lockFile);
            lock.close();
            OURS.remove(folder.getFileName().toString());
        }
    }

    private static void remove(Path folder) throws IOException {
        if (Files.notExists(folder)) {
            return;
        }
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, IOException failure) throws IOException {
                Files.delete(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
