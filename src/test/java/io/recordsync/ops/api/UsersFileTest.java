package io.recordsync.ops.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.ops.api.UsersFile.Content;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UsersFileTest {

    private static final Path FILE = Path.of("users");
    private static final String REST = "04$JBZn5NH5QbZ4zwWm6Bu.BeWz18WQ2lPzGrgIRydE0Wh.c2.bnSjEO";
    private static final String HASH = "$2y$" + REST;

    @Test
    void a_line_is_a_user_and_viewers_may_look_only() {
        Content content = parse("ada:" + HASH + "\nbob:" + HASH + "\n", List.of("bob"), "");

        assertThat(content.mistakesAtStart()).isEmpty();
        assertThat(content.users()).hasToString("ada, bob (may look)");
        assertThat(content.users().find("ada").orElseThrow().mayChange()).isTrue();
        assertThat(content.users().find("bob").orElseThrow().mayChange()).isFalse();
        assertThat(content.users().find("Ada")).isEmpty();
    }

    @Test
    void comments_blank_lines_windows_lines_and_a_byte_order_mark_are_fine() {
        Content content = parse(
                "\uFEFFada:" + HASH + "\r\n\r\n# bob:gone\r\n  \nJürgen Groß:" + HASH + ":of sales", List.of(), "");

        assertThat(content.mistakesAtStart()).isEmpty();
        assertThat(content.users()).hasToString("ada, Jürgen Groß");
    }

    @ParameterizedTest
    @ValueSource(strings = {"$2y$", "$2a$", "$2b$", "$2x$"})
    void every_version_of_bcrypt_is_taken(String version) {
        assertThat(parse("ada:" + version + REST, List.of(), "").mistakes()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "no colon here|line 2 has no colon: expected <name>:<hash>, as `htpasswd -B users <name>` writes it",
                ":$2y$04$JBZ|line 2 has no name before its colon",
                "' bob:$2y$04$JBZ'|line 2 has no name before its colon, or one that begins or ends with a space",
                "bob:|line 2 has no hash of bcrypt for bob (nothing is behind the colon): write it anew by `htpasswd -B users bob`",
                "bob:$apr1$dXU.h1wL$o1HmRNu8xZereWoFF7cZB0|no hash of bcrypt for bob (it is one of MD5, which htpasswd writes without -B): write it anew by `htpasswd -B users bob`",
                "bob:{SHA}lcsL/Sl3x2EpjZYk5LTUxyo5l0o=|(it is one of SHA)",
                "bob:$5$/OuSNIPQDg1JOxuj$gFR3pktclr64N2Bv6b.yL1dkmCcfyiC60n8yZPoZtn7|(it is one of SHA)",
                "bob:pFaOQMrPhE8c.|(it is one of crypt, or a password as it is typed)",
                "bob:$2y$04$JBZn5NH5QbZ4zwWm6Bu.BeWz18WQ2lPzGrgIRydE0Wh.c2.bnSjE|line 2 has a hash of bcrypt for bob that is not whole (59 characters, expected 60",
                "bob:$2y$18$JBZn5NH5QbZ4zwWm6Bu.BeWz18WQ2lPzGrgIRydE0Wh.c2.bnSjEO|line 2 has a hash of the cost 18 for bob: expected 4 to 17; write it anew by `htpasswd -B users bob`",
                "bob:$2y$03$JBZn5NH5QbZ4zwWm6Bu.BeWz18WQ2lPzGrgIRydE0Wh.c2.bnSjEO|line 2 has a hash of the cost 3 for bob",
                "ada:$2y$04$JBZn5NH5QbZ4zwWm6Bu.BeWz18WQ2lPzGrgIRydE0Wh.c2.bnSjEO|line 2 names ada, as line 1 does: remove one of them",
                "operator:$2y$04$JBZn5NH5QbZ4zwWm6Bu.BeWz18WQ2lPzGrgIRydE0Wh.c2.bnSjEO|line 2 names operator, who is ops.user and has ops.password: remove the line, or ops.password"
            })
    void a_mistake_names_the_line_and_what_to_do_and_never_the_hash(String line, String words) {
        Content content = parse("ada:" + HASH + "\n" + line + "\n", List.of(), "operator");

        assertThat(content.mistakesAtStart()).singleElement().asString().contains(words);
        assertThat(content.mistakesAtStart().get(0))
                .doesNotContain("JBZ", "lcsL", "pFaO", "gFR3", "dXU", "no colon here");
    }

    @Test
    void what_is_no_text_and_what_would_break_a_line_of_the_log_is_no_name() {
        byte[] latin1 = ("mü:" + HASH).getBytes(StandardCharsets.ISO_8859_1);

        assertThat(UsersFile.parse(FILE, latin1, List.of(), "").mistakes())
                .singleElement()
                .asString()
                .startsWith("line 1 has a name that is no text in UTF-8");
        assertThat(parse("a\u0007da:" + HASH, List.of(), "").mistakes()).hasSize(1);
        assertThat(parse("a".repeat(256) + ":" + HASH, List.of(), "").mistakes())
                .hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n\n", "# nobody\n", "\uFEFF"})
    void a_file_without_a_user_is_a_mistake(String content) {
        assertThat(parse(content, List.of(), "").mistakesAtStart())
                .containsExactly("it names no user: make one by `htpasswd -B users <name>`");
    }

    @Test
    void a_viewer_who_is_not_in_it_is_a_mistake_at_the_start() {
        Content content = parse("ada:" + HASH, List.of("bob", "ada", "carol"), "");

        assertThat(content.mistakes()).isEmpty();
        assertThat(content.strangers()).containsExactly("bob", "carol");
        assertThat(content.mistakesAtStart())
                .containsExactly(
                        "ops.viewers names bob, who is in no line of it: expected names of this file; correct the one or the other",
                        "ops.viewers names carol, who is in no line of it: expected names of this file; correct the one or the"
                                + " other");
    }

    @Test
    void of_a_file_that_is_something_else_altogether_ten_lines_are_told() {
        assertThat(parse("root:x:0:0:root:/root:/bin/bash\n".repeat(1) + "nonsense\n".repeat(30), List.of(), "")
                        .mistakes())
                .hasSize(11)
                .last()
                .asString()
                .isEqualTo("21 more lines are wrong");
    }

    private static Content parse(String content, List<String> viewers, String taken) {
        return UsersFile.parse(FILE, content.getBytes(StandardCharsets.UTF_8), viewers, taken);
    }
}
