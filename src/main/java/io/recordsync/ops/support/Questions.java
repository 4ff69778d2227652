package io.recordsync.ops.support;

import io.recordsync.files.OwnFiles;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the command {@code support} asks of the service that runs, and the answers: files in the data folder, which nobody but the
 * service's user and root may write to. So it needs no password, and reaches a service whose page is switched off.
 *
 * <p>A question is a file {@code support-<id>.asked}; its answer, {@code support-<id>.zip}, is there at once and whole. What nobody
 * fetches is removed. Where several processes share a folder, one of them answers.
 */
public final class Questions {

    /** A command waits for less. */
    private static final Duration MAX_AGE = Duration.ofMinutes(2);

    private static final Pattern FILE = Pattern.compile("support-([0-9a-f]{16})\\.(asked|zip|part)");
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Path folder;
    private final Clock clock;

    /** @param folder {@code data.folder} */
    public Questions(Path folder, Clock clock) {
        this.folder = folder;
        this.clock = clock;
    }

    /**
     * Asks.
     *
     * @return the id of the question
     * @throws IOException when this user may not write to the folder, or there is none
     */
    public String ask() throws IOException {
        byte[] random = new byte[8];
        RANDOM.nextBytes(random);
        String id = HexFormat.of().formatHex(random);
        OwnFiles.createFile(file(id, "asked"));
        return id;
    }

    /** The answer, once it is there. */
    public Optional<Path> answered(String id) {
        return Optional.of(file(id, "zip")).filter(Files::exists);
    }

    /** Whether or not there was an answer. */
    public void forget(String id) throws IOException {
        for (String suffix : List.of("asked", "zip", "part")) {
            Files.deleteIfExists(file(id, suffix));
        }
    }

    /** Of the service: the questions that wait for an answer; none while the folder cannot be read. */
    List<String> asked() {
        List<String> asked = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "support-*")) {
            for (Path file : files) {
                Matcher name = FILE.matcher(file.getFileName().toString());
                if (!name.matches()) {
                    continue;
                }
                if (isOld(file)) {
                    Files.deleteIfExists(file);
                } else if (name.group(2).equals("asked")) {
                    asked.add(name.group(1));
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // Looked at every second: what needs the folder says what is wrong with it.
            return List.of();
        }
        return asked;
    }

    private boolean isOld(Path file) throws IOException {
        try {
            Instant made = Files.getLastModifiedTime(file).toInstant();
            return made.plus(MAX_AGE).isBefore(clock.instant());
        } catch (NoSuchFileException e) {
            // Its command has fetched it just now.
            return false;
        }
    }

    /** What an answer is written by. */
    @FunctionalInterface
    interface Writing {
        void to(Path file) throws IOException;
    }

    void answer(String id, Writing writing) throws IOException {
        if (!Files.deleteIfExists(file(id, "asked"))) {
            // Another process that shares the folder has it.
            return;
        }
        Path part = file(id, "part");
        OwnFiles.createFile(part);
        writing.to(part);
        Files.move(part, file(id, "zip"), StandardCopyOption.ATOMIC_MOVE);
    }

    private Path file(String id, String suffix) {
        return folder.resolve("support-" + id + "." + suffix);
    }
}
