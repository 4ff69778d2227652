package io.recordsync.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** A build of the service that is measured: its zip, unpacked once, with the archive of its classes. */
final class Build {

    static final Build OURS = new Build("service", "");
    /** The one that ours is compared with; there is none where {@link Options#BASELINE} is empty. */
    static final Build BASELINE = new Build("baseline", Options.BASELINE);

    private final String name;
    private final String zip;
    private Path home;
    private double firstStartMillis;

    private Build(String name, String zip) {
        this.name = name;
        this.zip = zip;
    }

    /** The first start of a build, in milliseconds to its subscription. */
    interface FirstStart {
        double in(Path home) throws IOException, InterruptedException;
    }

    String name() {
        return name;
    }

    /** Where it is unpacked; it was started there once, and then the archive was made, which makes the later starts quicker. */
    synchronized Path home(FirstStart first) throws IOException, InterruptedException {
        if (home == null) {
            Path fresh = unpacked(zip.isEmpty() ? ofThisProject() : Path.of(zip));
            firstStartMillis = first.in(fresh);
            makeArchive(fresh);
            home = fresh;
        }
        return home;
    }

    synchronized double firstStart() {
        return firstStartMillis;
    }

    private static void makeArchive(Path home) throws IOException, InterruptedException {
        ProcessBuilder archive =
                new ProcessBuilder(home.resolve("bin/salesforce-talkdesk-sync").toString(), "archive").inheritIO();
        archive.environment().put("JAVA_HOME", System.getProperty("java.home"));
        if (archive.start().waitFor() != 0) {
            throw new IOException("No archive of the classes was made in " + home + "/lib");
        }
    }

    private static Path ofThisProject() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("target"))) {
            return files.filter(file -> file.getFileName().toString().matches("salesforce-talkdesk-sync-.*\\.zip"))
                    .findFirst()
                    .orElseThrow(
                            () -> new IOException("No target/salesforce-talkdesk-sync-*.zip: mvn package makes it"));
        }
    }

    private static Path unpacked(Path zip) throws IOException {
        Path into = Files.createTempDirectory(Files.createDirectories(Processes.FOLDER), "unpacked-");
        try (ZipInputStream in = new ZipInputStream(Files.newInputStream(zip))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                Path file = into.resolve(entry.getName()).normalize();
                if (!entry.isDirectory()) {
                    Files.createDirectories(file.getParent());
                    Files.copy(in, file);
                }
            }
        }
        Path unpacked;
        try (Stream<Path> folders = Files.list(into)) {
            unpacked = folders.findFirst().orElseThrow().toAbsolutePath();
        }
        if (!unpacked.resolve("bin/salesforce-talkdesk-sync").toFile().setExecutable(true)) {
            throw new IOException("The script in " + unpacked + " cannot be made executable");
        }
        return unpacked;
    }
}
