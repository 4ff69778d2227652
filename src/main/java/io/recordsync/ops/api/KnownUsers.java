package io.recordsync.ops.api;

import io.recordsync.config.OpsSettings;
import io.recordsync.files.Refusal;
import io.recordsync.ops.api.UsersFile.Content;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The users of {@code ops.users} as they are now: a change of the file takes effect with the next {@link #look}.
 *
 * <p>A file that has become wrong leaves the last good users in, and the log says so once, and again when it is right. Because programs
 * write such a file in place, it is wrong only when it still is with the look after. Thread-safe.
 */
final class KnownUsers {

    private static final Logger LOG = LoggerFactory.getLogger(KnownUsers.class);
    /** A file that was changed within this time may change again without another time of change. */
    private static final Duration SETTLED = Duration.ofSeconds(2);

    private static final Fingerprint NOT_THERE = new Fingerprint(Instant.EPOCH, -1, null);

    /** Null where there is none. */
    private final Path file;

    private final List<String> viewers;
    private final String taken;
    private final Clock clock;
    private volatile Users users = Users.NONE;
    /** All guarded by this. */
    private Fingerprint seen;

    private boolean settled;
    private byte[] content;
    private List<String> wrong = List.of();
    private boolean told;

    private record Fingerprint(Instant changed, long size, Object key) {

        static Fingerprint of(Path file) {
            try {
                BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
                return new Fingerprint(
                        attributes.lastModifiedTime().toInstant(), attributes.size(), attributes.fileKey());
            } catch (IOException e) {
                return NOT_THERE;
            }
        }
    }

    /** @throws IllegalArgumentException when the file cannot be used, with the mistakes of {@link #mistakes} */
    KnownUsers(OpsSettings settings, Clock clock) {
        this.viewers = settings.users().viewers();
        this.taken = taken(settings);
        this.clock = clock;
        if (!settings.enabled() || !settings.users().areSet()) {
            this.file = null;
            return;
        }
        List<String> mistakes = mistakes(settings);
        if (!mistakes.isEmpty()) {
            throw new IllegalArgumentException(String.join("\n", mistakes));
        }
        this.file = Path.of(settings.users().file());
        look();
    }

    private static String taken(OpsSettings settings) {
        return settings.password().isEmpty() ? "" : settings.user();
    }

    /** A line for each mistake of the file that a start ends with, without the name of the file; empty where there is none. */
    static List<String> mistakes(OpsSettings settings) {
        if (!settings.enabled() || !settings.users().areSet()) {
            return List.of();
        }
        try {
            Path file = Path.of(settings.users().file());
            return read(file, settings.users().viewers(), taken(settings)).mistakesAtStart();
        } catch (InvalidPathException e) {
            return List.of("expected the path of a file");
        }
    }

    private static Content read(Path file, List<String> viewers, String taken) {
        try {
            return UsersFile.parse(file, UsersFile.bytes(file), viewers, taken);
        } catch (IOException e) {
            return unreadable(file, e);
        }
    }

    private static Content unreadable(Path file, IOException e) {
        return new Content(
                Users.NONE,
                List.of("it cannot be read: %s; expected a file of htpasswd that this user may read"
                        .formatted(Refusal.words(file, e))),
                List.of());
    }

    /** Those who are known now. */
    Users now() {
        return users;
    }

    /** Whether there is such a file. */
    boolean areSet() {
        return file != null;
    }

    /** Reads the file where it has changed. */
    synchronized void look() {
        if (file == null) {
            return;
        }
        Fingerprint now = Fingerprint.of(file);
        boolean same = now.equals(seen);
        if (!same || !settled) {
            seen = now;
            settled = now.changed().isBefore(clock.instant().minus(SETTLED));
            read();
        }
        if (!wrong.isEmpty() && same && !told) {
            told = true;
            LOG.error(
                    "ops.users = {} has become wrong, and those who were known before are still let in: {}",
                    file,
                    String.join("; ", wrong));
        }
    }

    private void read() {
        Content found;
        byte[] bytes = null;
        try {
            bytes = UsersFile.bytes(file);
            if (wrong.isEmpty() && Arrays.equals(bytes, content)) {
                return;
            }
            found = UsersFile.parse(file, bytes, viewers, taken);
        } catch (IOException e) {
            found = unreadable(file, e);
        }
        wrong = found.mistakes();
        if (!wrong.isEmpty()) {
            return;
        }
        boolean first = content == null;
        content = bytes;
        Users before = users;
        if (!found.users().isSameAs(before)) {
            users = found.users();
        }
        if (told || !first && users != before) {
            LOG.info("ops.users = {} was read again{}: {}", file, told ? " and is right" : "", users);
        }
        told = false;
        if (!first && !found.strangers().isEmpty()) {
            LOG.warn(
                    "ops.viewers names {}, who is no longer in {}: remove the name, or the next start ends with it",
                    String.join(", ", found.strangers()),
                    file);
        }
    }
}
