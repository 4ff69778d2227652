package io.recordsync.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;

/** Why a file or a folder cannot be used, in words: the system's reason, the owner and the mode, and the user that asked. */
public final class Refusal {

    private static final Path OWN_PROCESS = Path.of("/proc/self");
    private static final Path MOUNTS = Path.of("/proc/self/mounts");

    /** Of the system, for what is said to be below a file. */
    private static final String NOT_A_FOLDER = "Not a directory";

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
        return system(failure);
    }

    /** Likewise, of a file that may not be read or written by this process. */
    public static String denied(Path file) {
        return (isReadOnly(file) ? "read-only file system" : "permission denied") + whose(file);
    }

    /** Likewise, of a folder that cannot be made, or in which nothing can be made. */
    public static String ofFolder(Path folder, IOException failure) {
        if (failure instanceof AccessDeniedException) {
            return denied(folder);
        }
        if (Files.isSymbolicLink(folder) && !Files.exists(folder)) {
            return "a link to what does not exist" + whose(folder);
        }
        if (isNoFolder(failure)) {
            return "not a folder" + whose(folder);
        }
        String reason = system(failure);
        return Character.toLowerCase(reason.charAt(0)) + reason.substring(1) + whose(folder);
    }

    private static boolean isNoFolder(IOException failure) {
        return failure instanceof NotDirectoryException
                || failure instanceof FileAlreadyExistsException
                || failure instanceof FileSystemException known && NOT_A_FOLDER.equals(known.getReason());
    }

    /** What the system says, on one line. */
    private static String system(IOException failure) {
        String reason = failure instanceof FileSystemException known ? known.getReason() : failure.getMessage();
        return String.valueOf(reason == null || reason.isBlank() ? failure : reason)
                .replaceAll("\\s*\\R\\s*", " ");
    }

    private static String whose(Path path) {
        return "; " + rights(path) + ", asked by the user " + user();
    }

    private static boolean isReadOnly(Path file) {
        try (Stream<String> mounts = Files.lines(MOUNTS)) {
            return isReadOnly(nearest(file).toRealPath(), mounts);
        } catch (IOException | UncheckedIOException | InvalidPathException e) {
            // Nothing is known of it where /proc is hidden, or where this locale has no letters for a name.
            return false;
        }
    }

    /**
     * Whether the innermost mount is read-only. {@link java.nio.file.FileStore} shows the outermost of the same device, which with
     * systemd's ProtectSystem is read-only whatever the unit may write to.
     *
     * @param mounts device, folder, type, options…
     */
    static boolean isReadOnly(Path real, Stream<String> mounts) {
        return mounts.map(line -> line.split(" "))
                .filter(mount -> real.startsWith(folder(mount)))
                .reduce((one, other) ->
                        folder(other).getNameCount() >= folder(one).getNameCount() ? other : one)
                .filter(mount -> List.of(mount[3].split(",")).contains("ro"))
                .isPresent();
    }

    private static Path folder(String[] mount) {
        return Path.of(mount[1].replace("\\040", " "));
    }

    /** The owner and the mode; of the nearest folder that hides the file where it cannot even be looked at. */
    private static String rights(Path file) {
        Path seen = nearest(file);
        try {
            PosixFileAttributes attributes = Files.readAttributes(seen, PosixFileAttributes.class);
            return "%sowner %s, mode %s"
                    .formatted(
                            seen.equals(file.toAbsolutePath())
                                    ? ""
                                    : "the " + (Files.isDirectory(seen) ? "folder " : "file ") + seen + " has ",
                            attributes.owner().getName(),
                            PosixFilePermissions.toString(attributes.permissions()));
        } catch (IOException | UnsupportedOperationException e) {
            return "owner and mode are not known";
        }
    }

    /** What is there of a path. */
    private static Path nearest(Path path) {
        Path seen = path.toAbsolutePath();
        while (seen.getParent() != null && !Files.exists(seen, LinkOption.NOFOLLOW_LINKS)) {
            seen = seen.getParent();
        }
        return seen;
    }

    /** Of this process; the number of one without a name, as in a container. */
    public static String user() {
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
