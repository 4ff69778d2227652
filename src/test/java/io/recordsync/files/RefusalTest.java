package io.recordsync.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RefusalTest {

    @TempDir
    Path folder;

    @Test
    void a_file_of_another_user_is_named_with_its_owner_and_mode() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));

        assertThat(Refusal.words(file, new AccessDeniedException(file.toString())))
                .isEqualTo("permission denied; owner %s, mode rw-------, asked by the user %s"
                        .formatted(Files.getOwner(file).getName(), System.getProperty("user.name")));
    }

    /** Under systemd's ProtectSystem a file of another user was said to be on a read-only file system. */
    @Test
    void the_innermost_mount_says_whether_it_is_read_only() {
        List<String> mounts = List.of(
                "/dev/vda / ext4 ro,relatime 0 0",
                "/dev/vda /var/lib/sync ext4 rw,nosuid 0 0",
                "/dev/vda /var/lib/sync/with\\040blank ext4 ro 0 0",
                "tmpfs /run tmpfs ro 0 0",
                "tmpfs /run tmpfs rw,errors=ro 0 0");

        assertThat(Refusal.isReadOnly(Path.of("/var/lib/sync/recordsync.db"), mounts.stream()))
                .isFalse();
        assertThat(Refusal.isReadOnly(Path.of("/var/lib/sync/with blank/file"), mounts.stream()))
                .isTrue();
        assertThat(Refusal.isReadOnly(Path.of("/var/lib/synchronous"), mounts.stream()))
                .isTrue();
        assertThat(Refusal.isReadOnly(Path.of("/run/file"), mounts.stream()))
                .as("what was mounted last is on top")
                .isFalse();
    }

    @Test
    void what_hides_a_file_is_named_in_its_place() throws IOException {
        Path hidden = folder.resolve("a/b/file");

        assertThat(Refusal.words(hidden, new AccessDeniedException(hidden.toString())))
                .startsWith("permission denied; the folder " + folder + " has owner ");
    }

    @Test
    void other_reasons_are_the_systems() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("nowhere"));

        assertThat(Refusal.words(folder.resolve("none"), new NoSuchFileException("none")))
                .isEqualTo("no such file");
        assertThat(Refusal.words(link, new NoSuchFileException("link")))
                .isEqualTo("a link to a file that does not exist");
        assertThat(Refusal.words(folder, new IOException("Is a directory"))).isEqualTo("a folder");
        assertThat(Refusal.words(link, new FileSystemException("link", null, "Input/output\nerror")))
                .isEqualTo("Input/output error");
    }

    @Test
    void of_a_folder_the_owner_the_mode_and_the_user_are_always_named() throws IOException {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-x---"));
        String user = System.getProperty("user.name");
        String whose = "; owner %s, mode rwxr-x---, asked by the user %s"
                .formatted(Files.getOwner(folder).getName(), user);
        Path file = Files.createFile(folder.resolve("file"));

        assertThat(Refusal.ofFolder(folder, new AccessDeniedException("a"))).isEqualTo("permission denied" + whose);
        assertThat(Refusal.ofFolder(folder, new FileSystemException("a", null, "Read-only file system")))
                .isEqualTo("read-only file system" + whose);
        assertThat(Refusal.ofFolder(folder, new FileSystemException("a", null, "No space left on device")))
                .isEqualTo("no space left on device" + whose);
        assertThat(Refusal.ofFolder(folder.resolve("a/b"), new AccessDeniedException("a")))
                .startsWith("permission denied; the folder " + folder + " has owner ");
        assertThat(Refusal.ofFolder(file, new FileAlreadyExistsException("a"))).startsWith("not a folder; owner ");
        assertThat(Refusal.ofFolder(file.resolve("a"), new FileSystemException("a", null, "Not a directory")))
                .startsWith("not a folder; the file " + file + " has owner ");
    }
}
