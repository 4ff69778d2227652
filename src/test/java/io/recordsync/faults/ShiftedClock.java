package io.recordsync.faults;

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
final class ShiftedClock {

    private Path folder;

    void compile(Path at) throws Exception {
        folder = at;
        Files.write(file(), new byte[Long.BYTES]);
        int status;
        try {
            status = new ProcessBuilder(
                            "cc", "-shared", "-fPIC", "-O2", "-o", library().toString(), "src/test/c/shifted-clock.c")
                    .inheritIO()
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new NotRun("not run: needs a C compiler (Debian: gcc)");
        }
        if (status != 0) {
            throw new IllegalStateException("src/test/c/shifted-clock.c does not compile");
        }
    }

    Path library() {
        return folder.resolve("shifted-clock.so");
    }

    Path file() {
        return folder.resolve("clock-shift");
    }

    /** In place: the process has the file mapped. */
    void shift(Duration by) throws IOException {
        ByteBuffer seconds =
                ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(0, by.toSeconds());
        try (var channel = Files.newByteChannel(file(), StandardOpenOption.WRITE)) {
            channel.write(seconds);
        }
    }
}
