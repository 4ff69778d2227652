package io.recordsync.inbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recordsync.deletion.Intake;
import io.recordsync.deletion.Problem;
import io.recordsync.inbox.database.Database;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a PostgreSQL database may be like when the service comes to it: in each test another one. */
class PostgresqlGroundTest {

    private static final InboxSettings SETTINGS =
            new InboxSettings(Duration.ofHours(24), Duration.ofSeconds(30), Duration.ofDays(400), "a key");
    private static final AtomicInteger DATABASES = new AtomicInteger();

    private final List<String> cleaning = new ArrayList<>();
    private final String name = "ground_" + DATABASES.incrementAndGet();

    @AfterEach
    void clean() throws Exception {
        for (String sql : cleaning) {
            admin("postgres", sql);
        }
    }

    // ---- the encoding

    @ParameterizedTest
    @ValueSource(strings = {"LATIN1", "SQL_ASCII"})
    void a_database_that_is_not_utf_8_is_refused_by_start_and_doctor(String encoding) throws Exception {
        create(" encoding '" + encoding + "' locale 'C' template template0");

        assertRefused("postgres", "", "is encoded in " + encoding + " (expected UTF8)");
    }

    // ---- what is in it already

    @ParameterizedTest
    @ValueSource(
            strings = {
                "create function f() returns int language sql as 'select 1'",
                "create table t (x int)",
                "create view v as select 1 as x",
                "create sequence s",
                "create type e as enum ('a')",
                "create table flyway_schema_history (installed_rank int, version text, script text);"
                        + " insert into flyway_schema_history values (1, '1', 'V1__of_another.sql')"
            })
    void beside_the_objects_of_others_it_makes_a_schema_of_its_own_and_finds_it_again(String stranger)
            throws Exception {
        create("");
        admin(name, stranger);

        assertThat(Store.probe(at("postgres", "")).orElseThrow())
                .contains("schema public holds other things", "currentSchema=recordsync");
        assertThat(schemas()).containsExactly("public");
        for (int start = 0; start < 2; start++) {
            try (Store store = Store.open(at("postgres", ""))) {
                assertThat(acceptsAndClaims(store)).isTrue();
            }
        }
        assertThat(schemas()).containsExactlyInAnyOrder("public", "recordsync");
        assertThat(tablesOf("public")).doesNotContain("deletion");
        assertThat(Store.probe(at("postgres", ""))).isEmpty();
    }

    @Test
    void where_it_may_not_make_one_it_names_the_way_out() throws Exception {
        create("");
        role("sync");
        admin(
                name,
                "grant create on schema public to sync; create function f() returns int language sql as 'select 1'");

        assertRefused("sync", "", "function f", "no right CREATE on the database", "currentSchema=recordsync");
    }

    @Test
    void an_extension_is_no_stranger_and_a_first_start_that_was_ended_half_way_is_none() throws Exception {
        create("");
        admin(
                name,
                "create table flyway_schema_history (installed_rank int not null, version varchar(50), description varchar(200)"
                        + " not null, type varchar(20) not null, script varchar(1000) not null, checksum int, installed_by"
                        + " varchar(100) not null, installed_on timestamp not null default now(), execution_time int not null,"
                        + " success boolean not null)");

        Store.open(at("postgres", "")).close();

        assertThat(tablesOf("public")).contains("deletion_row");
    }

    @Test
    void an_installation_that_exists_is_never_started_anew_beside_itself() throws Exception {
        create("");
        Store.open(at("postgres", "")).close();

        for (String elsewhere : List.of("?currentSchema=other", "?currentSchema=empty_one")) {
            admin(name, "create schema if not exists empty_one");
            assertRefused("postgres", elsewhere, "its inbox is in schema public", "add currentSchema=public");
        }
        Store.open(at("postgres", "?currentSchema=public")).close();
        assertThat(schemas()).containsExactlyInAnyOrder("public", "empty_one");
    }

    @Test
    void an_installation_in_a_named_schema_is_looked_for_when_it_is_not_named() throws Exception {
        create("");
        Store.open(at("postgres", "?currentSchema=sync")).close();

        assertRefused("postgres", "", "its inbox is in schema sync, not in public", "add currentSchema=sync");
        role("stranger");
        admin(name, "grant create on schema public to stranger");
        assertRefused("stranger", "", "its inbox is in schema sync");
    }

    @Test
    void a_named_schema_is_made_and_everything_is_in_it() throws Exception {
        create("");
        for (int start = 0; start < 2; start++) {
            try (Store store = Store.open(at("postgres", "?currentSchema=%22My+Sync%22".replace("+", "%20")))) {
                assertThat(acceptsAndClaims(store)).isTrue();
            }
        }

        assertThat(tablesOf("My Sync")).contains("deletion_row", "session", "flyway_schema_history");
        assertThat(tablesOf("public")).isEmpty();
        Store.openToRead(at("postgres", "?currentSchema=%22My%20Sync%22")).close();
    }

    @Test
    void a_named_schema_with_other_things_is_refused() throws Exception {
        create("");
        admin(name, "create schema other; create table other.t (x int)");

        assertRefused("postgres", "?currentSchema=other", "schema other holds other things (table t)", "currentSchema");
        assertThat(schemas()).containsExactlyInAnyOrder("public", "other");
    }

    // ---- rights

    @Test
    void a_missing_right_is_named_with_its_schema() throws Exception {
        create("");
        role("sync");

        assertRefused("sync", "", "the role sync has no right CREATE on schema public");
        assertRefused("sync", "?currentSchema=sync", "schema sync does not exist", "no right CREATE on the database");
        admin(name, "create schema sync");
        assertRefused("sync", "?currentSchema=sync", "the role sync has no right USAGE on schema sync");
        admin(name, "revoke usage on schema public from public");
        assertRefused("sync", "", "sees no schema of its search path", "currentSchema");
    }

    @Test
    void a_missing_right_on_a_table_is_named() throws Exception {
        create("");
        Store.open(at("postgres", "")).close();
        role("sync");

        assertRefused("sync", "", "the role sync has no right DELETE on table alert of schema public");
        admin(name, "grant select, insert, update, delete on all tables in schema public to sync");
        try (Store store = Store.open(at("sync", ""))) {
            assertThat(acceptsAndClaims(store)).isTrue();
        }
        assertThat(Store.probe(at("sync", ""))).isEmpty();
    }

    @Test
    void who_does_not_own_the_tables_cannot_bring_them_up_to_date() throws Exception {
        create("");
        Store.open(at("postgres", "")).close();
        role("sync");
        admin(
                name,
                "grant select, insert, update, delete on all tables in schema public to sync; grant create on schema public"
                        + " to sync; delete from flyway_schema_history where version = (select max(version::int)::text from"
                        + " flyway_schema_history)");

        assertRefused(
                "sync", "", "its tables belong to postgres", "in schema public", "start the service once as a role");
    }

    // ---- what server, database and role set by default

    private static Stream<List<String>> defaults() {
        return Stream.of(
                List.of(
                        "default_transaction_isolation = 'serializable'",
                        "timezone = 'Asia/Kathmandu'",
                        "synchronous_commit = off",
                        "statement_timeout = '1s'",
                        "lock_timeout = '1s'",
                        "idle_in_transaction_session_timeout = '1s'",
                        "transaction_timeout = '1s'",
                        "datestyle = 'German, DMY'",
                        "bytea_output = escape",
                        "enable_indexscan = off",
                        "jit = on"),
                List.of("default_transaction_isolation = 'repeatable read'", "synchronous_commit = local"),
                List.of("search_path = pg_catalog, elsewhere"));
    }

    @ParameterizedTest
    @MethodSource("defaults")
    void the_defaults_of_a_role_change_nothing(List<String> settings) throws Exception {
        create("");
        role("sync");
        admin(name, "grant all on schema public to sync");
        for (String setting : settings) {
            admin(name, "alter role sync set " + setting);
        }
        boolean elsewhere = settings.get(0).startsWith("search_path");
        if (elsewhere) {
            admin(name, "create schema elsewhere authorization sync");
        }

        try (Store store = Store.open(at("sync", elsewhere ? "?currentSchema=public" : ""))) {
            assertThat(acceptsAndClaims(store)).isTrue();
            for (String wanted : List.of(
                    "transaction_isolation=read committed",
                    "TimeZone=UTC",
                    "synchronous_commit=on",
                    "statement_timeout=15s",
                    "lock_timeout=10s",
                    "search_path=\"public\"",
                    "idle_in_transaction_session_timeout=30s")) {
                String[] pair = wanted.split("=", 2);
                assertThat(shown(store, pair[0])).as(pair[0]).isEqualTo(pair[1]);
            }
        }
    }

    @Test
    void a_stronger_commit_stays_as_it_is() throws Exception {
        create("");
        admin(name, "alter database " + name + " set synchronous_commit = remote_apply");

        try (Store store = Store.open(at("postgres", ""))) {
            assertThat(shown(store, "synchronous_commit")).isEqualTo("remote_apply");
        }
    }

    @Test
    void what_is_read_only_by_its_settings_is_fenced_off_and_refused() throws Exception {
        create("");
        role("sync");
        admin(name, "grant all on schema public to sync; alter role sync set default_transaction_read_only = on");

        assertRefused("sync", "", "is read-only for the role sync: default_transaction_read_only is on");
    }

    // ---- connections that went bad

    @Test
    void connections_that_can_only_read_any_more_leave_both_pools_at_once() throws Exception {
        create("");
        try (Store store = Store.open(at("postgres", ""))) {
            for (int i = 0; i < 5; i++) {
                store.write(
                        "test",
                        transaction -> transaction.change("set session characteristics as transaction read only"));
                assertThat(acceptsAndClaims(store)).isTrue();
                store.read(
                        "test",
                        transaction -> transaction.change("set session characteristics as transaction read only"));
                assertThat(shown(store, "transaction_read_only")).isEqualTo("off");
            }
        }
    }

    @Test
    void a_conflict_with_another_transaction_is_tried_again() throws Exception {
        create("");
        try (Store store = Store.open(at("postgres", ""))) {
            for (String state : List.of("40001", "40P01")) {
                AtomicInteger calls = new AtomicInteger();
                String result = store.write("test", transaction -> {
                    if (calls.incrementAndGet() < 3) {
                        transaction.change("do $$ begin raise sqlstate '" + state + "'; end $$");
                    }
                    return "done";
                });
                assertThat(result).isEqualTo("done");
                assertThat(calls).hasValue(3);
            }
            AtomicInteger others = new AtomicInteger();
            assertThatThrownBy(() -> store.write("test", transaction -> {
                        others.incrementAndGet();
                        return transaction.change("do $$ begin raise sqlstate '23505'; end $$");
                    }))
                    .isInstanceOf(InboxException.class);
            assertThat(others).hasValue(1);
        }
    }

    // ---- texts

    @ParameterizedTest
    @MethodSource("texts")
    void a_text_that_cannot_be_stored_is_shortened_to_what_can(String text) throws Exception {
        create("");
        try (Store store = Store.open(at("postgres", ""))) {
            Inbox inbox = Inbox.open(store, SETTINGS);

            inbox.intakes().accept(new Intake(List.of(), List.of(new Problem("odd", text)), null));

            assertThat(new JdbcLedger(store).problems(10)).hasSize(1);
            assertThat(new JdbcLedger(store).find(new Ledger.Filter(null, text, text, 10, null)))
                    .isEmpty();
        }
    }

    /** Random, so that the index cannot compress them. */
    private static Stream<String> texts() {
        return Stream.of(
                random(0x4e00, 0x9f00, 20_000),
                random(0x1f300, 0x1f600, 5_000),
                random(0x00a1, 0x0250, 1_500),
                random('!', '~', 100_000),
                "a\0b",
                "half a pair \ud83d",
                "x".repeat(998) + "\ud83d\ude00\ud83d\ude00");
    }

    private static String random(int from, int until, int length) {
        return new java.util.Random(7)
                .ints(length, from, until)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    // ---- words of the tests

    private void create(String how) throws SQLException {
        admin("postgres", "create database " + name + how);
        cleaning.add(0, "drop database " + name + " with (force)");
    }

    private void role(String role) throws SQLException {
        admin("postgres", "create role " + role + " login");
        cleaning.add("drop role " + role);
    }

    private Database at(String role, String parameters) {
        return Database.at(url(name) + parameters, role, "");
    }

    private static String url(String database) {
        return Postgresql.url().replaceFirst("/postgres\\?.*", "/" + database);
    }

    /** A table of a later release is one that nobody has thought of when the rights were granted. */
    @Test
    void a_right_that_is_missing_on_any_table_is_named() throws Exception {
        create("");
        Store.open(at("postgres", "")).close();
        role("tables_worker");
        admin(name, "grant select, insert, update, delete on all tables in schema public to tables_worker");
        Store.open(at("tables_worker", "")).close();

        for (String table : tablesOf("public")) {
            if (!table.equals("flyway_schema_history")) {
                admin(name, "revoke delete on " + table + " from tables_worker");
                assertRefused("tables_worker", "", "DELETE on table " + table + " of schema public");
                admin(name, "grant delete on " + table + " to tables_worker");
            }
        }
    }

    private static void admin(String database, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url(database), "postgres", "");
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private void assertRefused(String role, String parameters, String... words) {
        for (ThrowingCallable asked : List.<ThrowingCallable>of(
                () -> Store.open(at(role, parameters)).close(), () -> Store.probe(at(role, parameters)))) {
            assertThatThrownBy(asked)
                    .isInstanceOf(InboxException.class)
                    .hasMessageContainingAll(words)
                    .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
        }
    }

    private static boolean acceptsAndClaims(Store store) {
        Inbox inbox = Inbox.open(store, SETTINGS);
        inbox.intakes().accept(OnEitherDatabase.intake(OnEitherDatabase.request("L1", "c" + System.nanoTime())));
        return inbox.queue().claim(1, 100).size() == 1;
    }

    private static String pid(Store store) {
        return store.write(
                        "test",
                        transaction ->
                                transaction.first("select pg_backend_pid()::text as pid", row -> row.getString("pid")))
                .orElseThrow();
    }

    private static String shown(Store store, String setting) {
        return store.read(
                        "test",
                        transaction -> transaction.first(
                                "select current_setting('" + setting + "') as value", row -> row.getString("value")))
                .orElseThrow();
    }

    private List<String> schemas() throws SQLException {
        return texts("select nspname from pg_namespace where nspname !~ '^(pg_|information_schema)'");
    }

    private List<String> tablesOf(String schema) throws SQLException {
        return texts("select tablename from pg_tables where schemaname = '" + schema + "'");
    }

    private List<String> texts(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url(name), "postgres", "");
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            List<String> texts = new ArrayList<>();
            while (row.next()) {
                texts.add(row.getString(1));
            }
            return texts;
        }
    }
}
