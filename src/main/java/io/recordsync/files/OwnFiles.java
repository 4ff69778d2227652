package io.recordsync.files;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * New files and folders for this user alone, whatever the umask: they hold ids of contacts, and phone numbers.
 *
 * <p>In a folder that its group may write, with the set-group bit, they are the group's too: a container whose user has any number
 * shares its volume so, and the next one has another number. What exists keeps its mode.
 */
public final class OwnFiles {

    private static final int SET_GROUP_AND_GROUP_WRITES = 02020;

    private OwnFiles() {}

    /** An empty file of mode 0600 or 0660, where there is none. */
    public static void createFile(Path file) throws IOException {
        if (!isPosix()) {
            if (Files.notExists(file)) {
                Files.createFile(file);
            }
            return;
        }
        boolean shared = isShared(parent(file));
        Set<PosixFilePermission> mode = PosixFilePermissions.fromString(shared ? "rw-rw----" : "rw-------");
        try {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(mode));
        } catch (FileAlreadyExistsException e) {
            return;
        }
        if (shared) {
            // The umask has taken the group's rights from it.
            Files.setPosixFilePermissions(file, mode);
        }
    }

    /**
     * A new file of mode 0600, to write to. It follows no link, so that another user of the folder cannot choose what is written.
     *
     * @throws FileAlreadyExistsException when there is one of that name, or a link
     */
    public static OutputStream newFile(Path file) throws IOException {
        Set<StandardOpenOption> options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        FileAttribute<?>[] mode = isPosix()
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
        return Channels.newOutputStream(Files.newByteChannel(file, options, mode));
    }

    /** An empty file that is to take the place of another one: with the mode of that, where it exists. */
    public static void createFileInPlaceOf(Path other, Path file) throws IOException {
        createFile(file);
        if (isPosix() && Files.exists(other)) {
            Files.setPosixFilePermissions(file, Files.getPosixFilePermissions(other));
        }
    }

    /** A folder of mode 0700 or 0770, where there is none, and the folders above it likewise. */
    public static void createFolder(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            return;
        }
        createFolder(parent(folder));
        if (!isPosix()) {
            Files.createDirectory(folder);
            return;
        }
        boolean shared = isShared(parent(folder));
        Set<PosixFilePermission> mode = PosixFilePermissions.fromString(shared ? "rwxrwx---" : "rwx------");
        try {
            Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(mode));
        } catch (FileAlreadyExistsException e) {
            if (Files.isDirectory(folder)) {
                // Another process has made it meanwhile.
                return;
            }
            throw e;
        }
        if (shared) {
            // Set as a number: by its permissions alone it would lose the set-group bit that it has from above.
            Files.setAttribute(folder, "unix:mode", 02770);
        }
    }

    /** Whether users may read or write it that are neither its owner nor of its group; false where nobody knows. */
    public static boolean isReadableByOthers(Path file) {
        try {
            return isPosix() && ((int) Files.getAttribute(file, "unix:mode") & 06) != 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean isShared(Path folder) throws IOException {
        int mode = (int) Files.getAttribute(folder, "unix:mode");
        return (mode & SET_GROUP_AND_GROUP_WRITES) == SET_GROUP_AND_GROUP_WRITES;
    }

    private static Path parent(Path path) {
        return path.toAbsolutePath().getParent();
    }

    private static boolean isPosix() {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("unix");
    }
}
