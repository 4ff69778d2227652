package io.recordsync.stories;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/**
 * The wall clock of a process, to be set while it runs: a small library of {@code src/test/c}, compiled here.
 *
 * <p>libfaketime will not do: under it a JVM's timed waits return at once, or never.
 */
public final class ShiftedClock {

    private final Path folder;

    /**
     * @param folder for the library
     * @throws IOException where no C compiler is
     */
    public ShiftedClock(Path folder) throws Exception {
        this.folder = folder;
        Files.write(file(), new byte[Long.BYTES]);
        int status = new ProcessBuilder(
                        "cc", "-shared", "-fPIC", "-O2", "-o", library().toString(), "src/test/c/shifted-clock.c")
                .inheritIO()
                .start()
                .waitFor();
        if (status != 0) {
            throw new IllegalStateException("src/test/c/shifted-clock.c does not compile");
        }
    }

    private Path library() {
        return folder.resolve("shifted-clock.so");
    }

    private Path file() {
        return folder.resolve("clock-shift");
    }

    /** The service runs by it from its next start on. */
    public void of(Service service) {
        service.with("ld.preload", library().toString()).with("clock.shift", file().toString());
    }

    /** In place: the process has the file mapped. */
    public void shift(Duration by) throws IOException {
        ByteBuffer seconds =
                ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(0, by.toSeconds());
        try (var channel = Files.newByteChannel(file(), StandardOpenOption.WRITE)) {
            channel.write(seconds);
        }
    }
}
