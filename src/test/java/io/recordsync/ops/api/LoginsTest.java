package io.recordsync.ops.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recordsync.config.OpsSettings;
import io.recordsync.config.OpsTls;
import io.recordsync.config.OpsUsers;
import io.recordsync.config.Secret;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LoginsTest {

    // operator:pässword, encoded by `printf operator:pässword | base64`
    private static final String RIGHT = "Basic b3BlcmF0b3I6cMOkc3N3b3Jk";

    /** What `htpasswd -nbB -C 4 <name> <password>` of Debian's apache2-utils 2.4 wrote, of abcdefghijabcdefghij… in this length. */
    private static final String FIXTURES =
            """
            u71:$2y$04$.b3M3lPyRXMb1SiqO4/ZuOJ8/zRCk798LuPAbxUFt36xKVM76XHfW
            u72:$2y$04$biEWM8uXZgvc76AGj9qq..k02MYRIHXjK9cP2RWh5LzjwkB1Ks2eC
            u73:$2y$04$PJwhaW1Hanvue7s3pBTiaOkVIJOqLu.RJ7pktUrIp7H8w7d1934uq
            u80:$2y$04$s24I6EBndHsegslMV8Rp.ORBOB4Y18WjzhJTcDHw6Cfnruh1tF4z6
            u255:$2y$04$UaPfPPqLToJOv5mgN4lUcuFh5Borrw.FLUXSk27dLQ4cGsc5w6mia
            umlaut:$2y$04$qTNwd53WiUfh8rI00oyW0.ieYYPjMf7JFvh.nzuwp5tsE.2HExWem
            a b:$2y$04$EUzW/NLr/idsdLPm.pr4puPMtS0eaYklbH1q5splkfaMre1.fLy1e
            mü:$2y$04$JBZn5NH5QbZ4zwWm6Bu.BeWz18WQ2lPzGrgIRydE0Wh.c2.bnSjEO
            a:$2a$04$JBZn5NH5QbZ4zwWm6Bu.BeWz18WQ2lPzGrgIRydE0Wh.c2.bnSjEO
            b:$2b$04$JBZn5NH5QbZ4zwWm6Bu.BeWz18WQ2lPzGrgIRydE0Wh.c2.bnSjEO
            x:$2x$04$JBZn5NH5QbZ4zwWm6Bu.BeWz18WQ2lPzGrgIRydE0Wh.c2.bnSjEO
            """;

    @TempDir
    Path folder;

    private Path file;
    private KnownUsers users;
    /** What was given to be verified and is not yet. */
    private final Deque<Runnable> waiting = new ArrayDeque<>();

    private int most = 10;
    private int verified;

    @BeforeEach
    void write() throws IOException {
        file = Files.writeString(folder.resolve("users"), FIXTURES);
    }

    @ParameterizedTest
    @ValueSource(ints = {71, 72, 73, 80, 255})
    void a_password_as_long_as_htpasswd_takes_it_is_right(int length) throws Exception {
        Logins logins = logins("", file);
        String password = "abcdefghij".repeat(26).substring(0, length);

        assertThat(name(logins, basic("u" + length, password))).contains("u" + length);
        assertThat(name(logins, basic("u" + length, "x" + password.substring(1))))
                .isEmpty();
        assertThat(name(logins, basic("u" + length, password.substring(0, 70)))).isEmpty();
        // What is behind the 72nd byte has no part in the hash.
        assertThat(name(logins, basic("u" + length, password + "more")).isPresent())
                .isEqualTo(length >= 72);
    }

    @Test
    void umlauts_are_taken_as_the_bytes_that_were_hashed_and_names_may_have_blanks() throws Exception {
        Logins logins = logins("", file);

        assertThat(name(logins, basic("umlaut", "pässwörd€"))).contains("umlaut");
        assertThat(name(logins, basic("umlaut", "pässwörd?"))).isEmpty();
        assertThat(name(logins, basic("a b", "y"))).contains("a b");
        assertThat(name(logins, basic("mü", "y"))).contains("mü");
        assertThat(name(logins, basic("mü", "y", StandardCharsets.ISO_8859_1))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "b", "x", "mü"})
    void every_version_that_htpasswd_verifies_is_verified(String name) throws Exception {
        Logins logins = logins("", file);

        assertThat(name(logins, basic(name, "y"))).contains(name);
        assertThat(name(logins, basic(name, "z"))).isEmpty();
        assertThat(name(logins, basic(name, ""))).isEmpty();
    }

    @Test
    void one_user_and_a_password_need_no_file_and_nothing_is_verified_for_them() throws Exception {
        Logins logins = logins("pässword", null);

        assertThat(name(logins, RIGHT)).contains("operator");
        assertThat(name(logins, RIGHT.replace("Basic", "bAsIc"))).contains("operator");
        assertThat(verified).isZero();
        assertThat(name(logins("", null), "")).contains("anonymous");
    }

    @ParameterizedTest
    @CsvSource({
        "Basic",
        "'Basic '",
        "Basic !!!",
        "Bearer b3BlcmF0b3I6cMOkc3N3b3Jk",
        // operator:password, operator:, :pässword, operator:pässword and a line feed, operator
        "Basic b3BlcmF0b3I6cGFzc3dvcmQ=",
        "Basic b3BlcmF0b3I6",
        "Basic OnDDpHNzd29yZA==",
        "Basic b3BlcmF0b3I6cMOkc3N3b3JkCg==",
        "Basic b3BlcmF0b3I="
    })
    void any_other_credentials_are_wrong(String authorization) throws Exception {
        assertThat(name(logins("pässword", null), authorization)).isEmpty();
        assertThat(name(logins("pässword", file), authorization)).isEmpty();
    }

    @Test
    void absent_and_repeated_credentials_are_wrong() throws Exception {
        Logins logins = logins("pässword", null);

        assertThat(logins.find(List.of()).get()).isEmpty();
        assertThat(logins.find(List.of(RIGHT, RIGHT)).get()).isEmpty();
    }

    @Test
    void the_one_user_stands_beside_those_of_the_file() throws Exception {
        Logins logins = logins("pässword", file);

        assertThat(name(logins, RIGHT)).contains("operator");
        assertThat(name(logins, basic("mü", "y"))).contains("mü");
        assertThat(name(logins, basic("mü", "pässword"))).isEmpty();
        assertThat(name(logins, basic("operator", "y"))).isEmpty();
    }

    @Test
    void what_was_verified_is_not_verified_again_whether_it_was_right_or_wrong() throws Exception {
        Logins logins = logins("", file);

        for (int i = 0; i < 3; i++) {
            assertThat(name(logins, basic("mü", "y"))).contains("mü");
            assertThat(name(logins, basic("mü", "z"))).isEmpty();
            assertThat(name(logins, basic("nobody", "y"))).isEmpty();
        }

        assertThat(verified).isEqualTo(3);
    }

    @Test
    void a_page_that_asks_for_several_things_at_once_is_verified_once() throws Exception {
        Logins logins = logins("", file);
        List<CompletableFuture<Optional<Login>>> asked =
                List.of(logins.find(List.of(basic("mü", "y"))), logins.find(List.of(basic("mü", "y"))));

        assertThat(asked).noneMatch(CompletableFuture::isDone);
        work();

        assertThat(verified).isEqualTo(1);
        for (CompletableFuture<Optional<Login>> each : asked) {
            assertThat(each.get()).get().extracting(Login::name).isEqualTo("mü");
        }
    }

    /** Else the time of an answer would tell which names there are. */
    @Test
    void a_name_that_nobody_has_is_verified_as_one_of_the_file() throws Exception {
        Logins logins = logins("pässword", file);

        for (String credentials : List.of(basic("nobody", "y"), basic("mü", "z"), basic("operator", "y"))) {
            assertThat(name(logins, credentials)).isEmpty();
        }

        assertThat(verified).isEqualTo(3);
    }

    @Test
    void nobodys_hash_costs_as_much_as_the_most_expensive_one_of_the_file() throws Exception {
        Files.writeString(file, FIXTURES + "slow:$2y$12$JBZn5NH5QbZ4zwWm6Bu.BeWz18WQ2lPzGrgIRydE0Wh.c2.bnSjEO\n");
        Logins logins = logins("", file);
        assertThat(name(logins, basic("mü", "y"))).isPresent();

        long quick = time(() -> name(logins, basic("mü", "z")));
        long nobody = time(() -> name(logins, basic("nobody", "z")));

        // It is 256 times.
        assertThat(nobody).isGreaterThan(10 * quick);
    }

    @Test
    void what_is_too_much_is_refused_and_what_is_remembered_is_not_touched_by_it() throws Exception {
        Logins logins = logins("", file);
        assertThat(name(logins, basic("mü", "y"))).isPresent();
        most = 0;

        assertThatThrownBy(() -> logins.find(List.of(basic("a", "y"))).join())
                .hasCauseInstanceOf(Refusal.class)
                .hasMessageContaining("Too many passwords are being checked");
        assertThat(name(logins, basic("mü", "y"))).isPresent();

        most = 10;
        assertThat(name(logins, basic("a", "y"))).isPresent();
    }

    @Test
    void guesses_do_not_push_out_who_was_verified() throws Exception {
        Logins logins = logins("", file);
        assertThat(name(logins, basic("mü", "y"))).isPresent();
        for (int i = 0; i < Logins.MAX_REMEMBERED + 10; i++) {
            logins.find(List.of(basic("nobody", "guess " + i)));
            waiting.poll().run();
        }
        int before = verified;

        assertThat(name(logins, basic("mü", "y"))).isPresent();
        assertThat(verified).isEqualTo(before);
    }

    @Test
    void who_was_removed_is_out_at_once_and_an_order_that_was_let_in_before_too() throws Exception {
        Logins logins = logins("", file);
        Login then = logins.find(List.of(basic("mü", "y")))
                .thenApply(Optional::orElseThrow)
                .getNow(null);
        assertThat(then).isNull();
        CompletableFuture<Optional<Login>> asked = logins.find(List.of(basic("mü", "y")));
        work();
        then = asked.get().orElseThrow();
        assertThat(then.holds().getAsBoolean()).isTrue();

        Files.writeString(file, FIXTURES.replace("mü:", "mo:"));
        users.look();

        assertThat(then.holds().getAsBoolean()).isFalse();
        assertThat(name(logins, basic("mü", "y"))).isEmpty();
        assertThat(name(logins, basic("mo", "y"))).isPresent();
    }

    @Test
    void what_was_being_verified_when_the_users_changed_is_not_remembered() throws Exception {
        Logins logins = logins("", file);
        CompletableFuture<Optional<Login>> asked = logins.find(List.of(basic("mü", "y")));
        Files.writeString(file, FIXTURES.replace("mü:", "mo:"));
        users.look();
        work();

        assertThat(asked.get().orElseThrow().holds().getAsBoolean()).isFalse();
        assertThat(name(logins, basic("mü", "y"))).isEmpty();
    }

    private Logins logins(String password, Path of) {
        OpsSettings settings = new OpsSettings(
                true,
                "127.0.0.1",
                0,
                "operator",
                new Secret(password),
                List.of("localhost"),
                of == null ? OpsUsers.NONE : new OpsUsers(of.toString(), List.of()),
                OpsTls.NONE);
        users = new KnownUsers(settings, Clock.systemUTC());
        return new Logins(settings, users, task -> {
            if (waiting.size() >= most) {
                throw new RejectedExecutionException("full");
            }
            waiting.add(() -> {
                verified++;
                task.run();
            });
        });
    }

    private void work() {
        while (!waiting.isEmpty()) {
            waiting.poll().run();
        }
    }

    private Optional<String> name(Logins logins, String authorization) throws Exception {
        CompletableFuture<Optional<Login>> found = logins.find(List.of(authorization));
        work();
        return found.get().map(Login::name);
    }

    private static String basic(String user, String password) {
        return basic(user, password, StandardCharsets.UTF_8);
    }

    private static String basic(String user, String password, Charset charset) {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(charset));
    }

    private interface Step {
        void run() throws Exception;
    }

    private static long time(Step step) throws Exception {
        long began = System.nanoTime();
        step.run();
        return System.nanoTime() - began;
    }
}
