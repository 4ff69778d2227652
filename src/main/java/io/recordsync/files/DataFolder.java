package io.recordsync.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/** The folder of {@code data.folder}: what the service writes besides its database and its log is below it. Immutable. */
public record DataFolder(Path path) {

    public DataFolder {
        path = path.toAbsolutePath().normalize();
    }

    /** For what is worked on; each process has a folder of its own there. */
    Path spool() {
        return path.resolve("spool");
    }

    /**
     * Makes it where it is missing, and proves that it and what is in it can be written.
     *
     * @throws IOException when it cannot; the message is for a person
     */
    public void prepare() throws IOException {
        try {
            OwnFiles.createFolder(path);
        } catch (IOException e) {
            throw new IOException(path + ": " + Refusal.ofFolder(path, e), e);
        }
        probe();
    }

    /** Likewise for a command, which leaves nothing behind: where it is missing, whether it could be made. */
    public void probe() throws IOException {
        Path there = path;
        while (!Files.exists(there)) {
            there = there.getParent();
        }
        tryToWrite(there);
        if (Files.exists(spool())) {
            tryToWrite(spool());
        }
    }

    private static void tryToWrite(Path folder) throws IOException {
        try {
            if (!Files.readAttributes(folder, BasicFileAttributes.class).isDirectory()) {
                throw new NotDirectoryException(folder.toString());
            }
            Files.delete(Files.createTempFile(folder, ".writable-", ""));
        } catch (IOException e) {
            throw new IOException(folder + ": " + Refusal.ofFolder(folder, e), e);
        }
    }
}
