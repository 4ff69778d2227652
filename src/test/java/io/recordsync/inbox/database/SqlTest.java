package io.recordsync.inbox.database;

import static io.recordsync.inbox.database.Parameters.NONE;
import static io.recordsync.inbox.database.Parameters.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Statements with named parameters, in the words of both databases. */
class SqlTest {

    @Test
    void a_parameter_is_bound_wherever_its_name_stands() {
        Sql sql = Sql.parse("update t set a = :ttl where b <= {now} - :ttl and id = :id");

        assertThat(sql.text()).isEqualTo("update t set a = ? where b <= {now} - ? and id = ?");
        assertThat(sql.values(with("id", 7L).and("ttl", "x"))).containsExactly("x", "x", 7L);
    }

    @Test
    void a_statement_without_parameters_stays_as_it_is() {
        Sql sql = Sql.parse("delete from t");

        assertThat(sql.text()).isEqualTo("delete from t");
        assertThat(sql.values(NONE)).isEmpty();
    }

    @Test
    void a_cast_is_no_parameter() {
        Sql sql = Sql.parse("select translate(:ids, '[]', '{}')::bigint[], :rows::json, a :: text");

        assertThat(sql.text()).isEqualTo("select translate(?, '[]', '{}')::bigint[], ?::json, a :: text");
        assertThat(sql.names()).containsExactly("ids", "rows");
    }

    @Test
    void what_stands_in_quotes_or_in_a_comment_is_no_parameter() {
        String text =
                """
                select 'it''s 10:id or so?', "a:b", ':x' -- :comment?
                from t where a = :a""";

        Sql sql = Sql.parse(text);

        assertThat(sql.names()).containsExactly("a");
        assertThat(sql.text()).isEqualTo(text.replace("= :a", "= ?"));
    }

    @Test
    void a_colon_that_no_name_follows_is_left_alone() {
        assertThat(Sql.parse("select a[1:2] from t where b = ':").names()).containsExactly("2");
        assertThat(Sql.parse("select 1 : 2").text()).isEqualTo("select 1 : 2");
    }

    @Test
    void a_parameter_that_is_missing_is_named() {
        Sql sql = Sql.parse("select 1 from t where id = :id and a = :channel");

        assertThatThrownBy(() -> sql.values(with("id", 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(":channel is missing")
                .hasMessageContaining("from t");
    }

    @Test
    void a_parameter_that_is_not_used_is_named() {
        Sql sql = Sql.parse("select 1 from t where id = :id");

        assertThatThrownBy(() -> sql.values(with("id", 1).and("ids", 2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(":ids is not used");
    }

    @Test
    void a_parameter_that_is_given_twice_is_named() {
        assertThatThrownBy(() -> with("id", 1).and("ttl", 3).and("id", 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(":id is given twice");
    }

    @Test
    void a_bare_question_mark_is_refused() {
        assertThatThrownBy(() -> Sql.parse("select 1 from t where id = ?"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected :name");
    }

    @Test
    void times_are_bound_as_milliseconds_and_lists_as_json() {
        Sql sql = Sql.parse(":duration :instant :ids :rows :text :none");

        assertThat(sql.values(with("duration", Duration.ofSeconds(2))
                        .and("instant", Instant.ofEpochMilli(5))
                        .and("ids", List.of(1L, 2L))
                        .and("rows", new JsonRows().add("a", 1))
                        .and("text", "b")
                        .and("none", null)))
                .containsExactly(2_000L, 5L, "[1, 2]", "[[\"a\",1]]", "b", null);
    }

    @Test
    void what_a_parameter_was_added_to_stays_as_it_was() {
        Parameters some = with("id", 1);
        some.and("other", 2);

        assertThat(Sql.parse(":id").values(some)).containsExactly(1);
    }

    enum Databases {
        SQLITE(Dialect.SQLITE),
        POSTGRESQL(Dialect.POSTGRESQL);

        final Dialect dialect;

        Databases(Dialect dialect) {
            this.dialect = dialect;
        }
    }

    @ParameterizedTest
    @EnumSource
    void the_words_in_braces_keep_the_names_that_they_are_given(Databases database) {
        Statements statements = new Statements(database.dialect);

        assertThat(statements.of("id {in :ids} and {now} > 0").names()).containsExactly("ids");
        assertThat(statements.of("from {rows :adopted} event").names()).containsExactly("adopted");
        assertThat(statements.of("id {due :lanes :limit}").names()).containsExactly("lanes", "limit");
        assertThat(statements.of("id {due :lanes :limit}").text()).doesNotContain("{rows", "{now", "$");
    }

    @Test
    void a_statement_is_parsed_once() {
        Statements statements = new Statements(Dialect.SQLITE);

        assertThat(statements.of("select :a")).isSameAs(statements.of(new String("select :a")));
    }

    /** Neither those that tests run nor the others. */
    @ParameterizedTest
    @EnumSource
    void every_statement_of_the_inbox_names_its_parameters(Databases database) throws Exception {
        List<String> texts = new ArrayList<>();
        for (Class<?> type : inbox()) {
            for (Field field : type.getDeclaredFields()) {
                if (field.getType() == String.class && Modifier.isStatic(field.getModifiers())) {
                    field.setAccessible(true);
                    texts.add((String) field.get(null));
                }
            }
        }

        assertThat(texts).hasSizeGreaterThan(80);
        for (String text : texts) {
            assertThat(text).doesNotContain("?");
            assertThat(Sql.parse(database.dialect.expand(text)).text())
                    .doesNotContainPattern("\\{(now|in|rows|due)\\b");
        }
    }

    private static List<Class<?>> inbox() throws Exception {
        Path classes = Path.of(Dialect.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toURI())
                .resolve("io/recordsync/inbox");
        List<Class<?>> types = new ArrayList<>();
        try (Stream<Path> files = Files.list(classes)) {
            for (Path file : files.filter(file -> file.toString().endsWith(".class"))
                    .sorted()
                    .toList()) {
                String name = file.getFileName().toString().replace(".class", "");
                if (!name.equals("package-info")) {
                    types.add(Class.forName("io.recordsync.inbox." + name));
                }
            }
        }
        return types;
    }
}
