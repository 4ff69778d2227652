package io.recordsync.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnFilesTest {

    @TempDir
    Path folder;

    @Test
    void a_new_file_and_a_new_folder_are_for_this_user_alone() throws IOException {
        OwnFiles.createFile(folder.resolve("file"));
        OwnFiles.createFolder(folder.resolve("a/b"));

        assertThat(mode("file")).isEqualTo("rw-------");
        assertThat(mode("a")).isEqualTo("rwx------");
        assertThat(mode("a/b")).isEqualTo("rwx------");
    }

    @Test
    void a_new_file_to_write_to_takes_the_place_of_nothing_and_follows_no_link() throws IOException {
        try (OutputStream out = OwnFiles.newFile(folder.resolve("file"))) {
            out.write('a');
        }
        Files.createSymbolicLink(folder.resolve("link"), folder.resolve("elsewhere"));

        assertThat(mode("file")).isEqualTo("rw-------");
        assertThat(folder.resolve("file")).hasContent("a");
        for (String name : new String[] {"file", "link"}) {
            assertThatThrownBy(() -> OwnFiles.newFile(folder.resolve(name)))
                    .isInstanceOf(FileAlreadyExistsException.class);
        }
        assertThat(folder.resolve("elsewhere")).doesNotExist();
        assertThat(folder.resolve("file")).hasContent("a");
    }

    /** As a volume is that containers of any user share by their group; the umask would take the group's rights. */
    @Test
    void in_a_folder_of_a_group_that_may_write_they_are_the_groups_too() throws IOException {
        Files.setAttribute(folder, "unix:mode", 02775);

        OwnFiles.createFile(folder.resolve("file"));
        OwnFiles.createFolder(folder.resolve("a/b"));
        OwnFiles.createFile(folder.resolve("a/b/file"));

        assertThat(mode("file")).isEqualTo("rw-rw----");
        assertThat(mode("a/b")).isEqualTo("rwxrwx---");
        assertThat((int) Files.getAttribute(folder.resolve("a/b"), "unix:mode") & 02000)
                .as("set-group bit")
                .isNotZero();
        assertThat(mode("a/b/file")).isEqualTo("rw-rw----");
    }

    @Test
    void group_writable_without_the_set_group_bit_is_not_shared() throws IOException {
        Files.setAttribute(folder, "unix:mode", 0775);

        OwnFiles.createFile(folder.resolve("file"));

        assertThat(mode("file")).isEqualTo("rw-------");
    }

    @Test
    void what_exists_keeps_its_mode_and_its_content() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "words");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        Path there = Files.createDirectory(folder.resolve("there"));
        Files.setPosixFilePermissions(there, PosixFilePermissions.fromString("rwxr-xr-x"));

        OwnFiles.createFile(file);
        OwnFiles.createFolder(there);

        assertThat(mode("file")).isEqualTo("rw-r--r--");
        assertThat(file).hasContent("words");
        assertThat(mode("there")).isEqualTo("rwxr-xr-x");
        assertThat(OwnFiles.isReadableByOthers(file)).isTrue();
    }

    @Test
    void what_takes_the_place_of_a_file_has_its_mode() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));

        OwnFiles.createFileInPlaceOf(file, folder.resolve("file.part"));
        OwnFiles.createFileInPlaceOf(folder.resolve("none"), folder.resolve("none.part"));

        assertThat(mode("file.part")).isEqualTo("rw-r-----");
        assertThat(mode("none.part")).isEqualTo("rw-------");
    }

    private String mode(String name) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(name)));
    }
}
