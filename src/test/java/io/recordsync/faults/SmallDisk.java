package io.recordsync.faults;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file system of eight megabytes, which can be filled to the last byte; only root may mount it. */
final class SmallDisk implements AutoCloseable {

    private Path folder;

    void mount(Path at) throws Exception {
        Process mount = new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", at.toString())
                .redirectErrorStream(true)
                .start();
        if (mount.waitFor() != 0) {
            throw new NotRun("not run: needs root, to mount a small file system");
        }
        folder = at;
    }

    void fill() throws IOException {
        byte[] block = new byte[4096];
        try (OutputStream ballast = Files.newOutputStream(ballast())) {
            while (true) {
                ballast.write(block);
            }
        } catch (IOException full) {
            if (Files.size(ballast()) == 0) {
                throw full;
            }
        }
    }

    void makeRoom() throws IOException {
        Files.delete(ballast());
    }

    private Path ballast() {
        return folder.resolve("ballast");
    }

    @Override
    public void close() throws IOException {
        if (folder != null) {
            new ProcessBuilder("umount", "-l", folder.toString())
                    .start()
                    .onExit()
                    .join();
        }
    }
}
