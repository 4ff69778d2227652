package io.recordsync.stories;

import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

/** The zip, unpacked. */
public final class Installation {

    private Installation() {}

    /**
     * As {@code unzip} does it, with the modes that the zip gives its files: the script must be executable by them.
     *
     * @return the folder within
     */
    public static Path unzip(Path into) throws IOException {
        try (FileSystem zip = FileSystems.newFileSystem(zip(), Map.of("enablePosixFileAttributes", "true"));
                Stream<Path> entries = Files.walk(zip.getPath("/"))) {
            for (Path entry : (Iterable<Path>) entries.skip(1)::iterator) {
                Path to = into.resolve(zip.getPath("/").relativize(entry).toString());
                Files.copy(entry, to);
                if (!Files.isDirectory(entry)) {
                    Files.setPosixFilePermissions(to, Files.getPosixFilePermissions(entry));
                }
            }
        }
        try (Stream<Path> homes = Files.list(into)) {
            return homes.filter(home -> home.getFileName().toString().startsWith("salesforce-talkdesk-sync-"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    static Path script(Path home) {
        return home.resolve("bin/salesforce-talkdesk-sync");
    }

    private static Path zip() throws IOException {
        try (Stream<Path> built = Files.list(Path.of("target"))) {
            return built.filter(file -> file.getFileName().toString().matches("salesforce-talkdesk-sync-.*\\.zip"))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
