package io.recordsync.ops.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recordsync.LoggedLines;
import io.recordsync.config.OpsSettings;
import io.recordsync.config.OpsTls;
import io.recordsync.config.OpsUsers;
import io.recordsync.config.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KnownUsersTest {

    private static final String HASH = "$2y$04$JBZn5NH5QbZ4zwWm6Bu.BeWz18WQ2lPzGrgIRydE0Wh.c2.bnSjEO";
    private static final String OTHER = "$2y$04$HjfZwqmu5WBa3rLqWobFBO48mdQ/1T9/Q9.Hs0HvBCCmrhjva7GVa";

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void write() throws IOException {
        file = folder.resolve("users");
        write("ada:" + HASH + "\nbob:" + HASH + "\n");
    }

    @Test
    void a_change_takes_effect_with_the_next_look_also_one_of_the_same_length_within_the_same_tick()
            throws IOException {
        KnownUsers users = known("bob");
        FileTime then = Files.getLastModifiedTime(file);
        Users before = users.now();
        users.look();
        assertThat(users.now()).isSameAs(before);

        write("ada:" + OTHER + "\nbob:" + HASH + "\n");
        Files.setLastModifiedTime(file, then);
        users.look();

        assertThat(users.now().find("ada").orElseThrow().hash()).isEqualTo(OTHER);
    }

    @Test
    void a_file_that_is_put_in_its_place_takes_effect_though_it_is_old() throws IOException {
        Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2026-01-01T00:00:00Z")));
        KnownUsers users = known();
        Path other = Files.writeString(folder.resolve("other"), "ada:" + HASH + "\ncal:" + HASH + "\n");
        Files.setLastModifiedTime(other, Files.getLastModifiedTime(file));

        Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
        users.look();

        assertThat(users.now()).hasToString("ada, cal");
    }

    @Test
    void a_file_that_has_become_wrong_keeps_the_last_users_and_says_so_once_and_again_when_it_is_right()
            throws IOException {
        KnownUsers users = known("bob");
        try (LoggedLines log = LoggedLines.of(KnownUsers.class)) {
            write("ada:" + HASH + "\nbob\n");
            users.look();
            // A program may be writing it.
            assertThat(log.lines()).isEmpty();
            users.look();
            users.look();
            write("ada\nbob\n");
            users.look();
            users.look();
            Files.delete(file);
            users.look();
            users.look();

            assertThat(users.now()).hasToString("ada, bob (may look)");
            assertThat(log.lines())
                    .singleElement()
                    .asString()
                    .startsWith("ERROR ops.users = " + file)
                    .contains("those who were known before are still let in: line 2 has no colon");

            write("ada:" + HASH + "\n");
            users.look();
            assertThat(users.now()).hasToString("ada");
            assertThat(log.lines())
                    .hasSize(3)
                    .satisfies(lines -> assertThat(lines.get(1))
                            .isEqualTo("INFO ops.users = " + file + " was read again and is right: ada"))
                    // Who was removed is out, though ops.viewers still has the name.
                    .satisfies(lines ->
                            assertThat(lines.get(2)).startsWith("WARN ops.viewers names bob, who is no longer in"));
        }
    }

    @Test
    void what_is_written_in_two_steps_is_no_mistake() throws IOException {
        KnownUsers users = known();
        try (LoggedLines log = LoggedLines.of(KnownUsers.class)) {
            write("");
            users.look();
            write("ada:" + HASH + "\n");
            users.look();
            users.look();

            assertThat(log.lines()).containsExactly("INFO ops.users = " + file + " was read again: ada");
        }
    }

    @Test
    void a_start_says_why_the_file_cannot_be_used() throws IOException {
        assertThat(KnownUsers.mistakes(settings(folder.resolve("none"), "")))
                .containsExactly(
                        "it cannot be read: no such file; expected a file of htpasswd that this user may read");
        assertThat(KnownUsers.mistakes(settings(folder, "")))
                .containsExactly("it cannot be read: a folder; expected a file of htpasswd that this user may read");
        assertThat(KnownUsers.mistakes(settings(Path.of("/dev/zero"), ""))).hasSize(1);
        write("operator:" + HASH + "\n");
        assertThat(KnownUsers.mistakes(settings(file, "secret")))
                .singleElement()
                .asString()
                .contains("ops.password");
        assertThat(KnownUsers.mistakes(settings(file, ""))).isEmpty();
        write("");
        assertThatThrownBy(() -> new KnownUsers(settings(file, ""), Clock.systemUTC()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("it names no user");
    }

    private void write(String content) throws IOException {
        Files.writeString(file, content);
    }

    private KnownUsers known(String... viewers) {
        return new KnownUsers(
                new OpsSettings(
                        true,
                        "127.0.0.1",
                        0,
                        "operator",
                        Secret.NONE,
                        List.of("localhost"),
                        new OpsUsers(file.toString(), List.of(viewers)),
                        OpsTls.NONE),
                Clock.systemUTC());
    }

    private static OpsSettings settings(Path file, String password) {
        return new OpsSettings(
                true,
                "127.0.0.1",
                0,
                "operator",
                new Secret(password),
                List.of("localhost"),
                new OpsUsers(file.toString(), List.of()),
                OpsTls.NONE);
    }
}
