package io.recordsync.files;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;

/** Why a file cannot be opened, in words: the system's reason, the owner and the mode, and the user that asked. */
public final class Refusal {

    private static final Path OWN_PROCESS = Path.of("/proc/self");

    private Refusal() {}

    /** One line without the file's name: {@code permission denied; owner root, mode rw-------, asked by the user sync}. */
    public static String words(Path file, IOException failure) {
        if (failure instanceof AccessDeniedException) {
            return denied(file);
        }
        if (failure instanceof NoSuchFileException) {
            return Files.isSymbolicLink(file) ? "a link to a file that does not exist" : "no such file";
        }
        if (Files.isDirectory(file)) {
            return "a folder";
        }
        String reason = failure instanceof FileSystemException known ? known.getReason() : failure.getMessage();
        return String.valueOf(reason == null ? failure : reason).replaceAll("\\s*\\R\\s*", " ");
    }

    /** Likewise, of a file that may not be read or written by this process. */
    public static String denied(Path file) {
        return (isReadOnly(file) ? "read-only file system; " : "permission denied; ") + rights(file)
                + ", asked by the user " + user();
    }

    private static boolean isReadOnly(Path file) {
        try {
            return Files.getFileStore(file).isReadOnly();
        } catch (IOException | UnsupportedOperationException e) {
            // Nothing is known of it where /proc is hidden.
            return false;
        }
    }

    /** The owner and the mode; of the nearest folder that hides the file where it cannot even be looked at. */
    private static String rights(Path file) {
        Path seen = file.toAbsolutePath();
        while (seen.getParent() != null && !Files.exists(seen, LinkOption.NOFOLLOW_LINKS)) {
            seen = seen.getParent();
        }
        try {
            PosixFileAttributes attributes = Files.readAttributes(seen, PosixFileAttributes.class);
            return "%sowner %s, mode %s"
                    .formatted(
                            seen.equals(file.toAbsolutePath()) ? "" : "the folder " + seen + " has ",
                            attributes.owner().getName(),
                            PosixFilePermissions.toString(attributes.permissions()));
        } catch (IOException | UnsupportedOperationException e) {
            return "owner and mode are not known";
        }
    }

    /** A container's user may have a number only. */
    private static String user() {
        String name = System.getProperty("user.name", "?");
        if (!name.equals("?")) {
            return name;
        }
        try {
            return String.valueOf(Files.getAttribute(OWN_PROCESS, "unix:uid"));
        } catch (IOException | RuntimeException e) {
            return name;
        }
    }
}
