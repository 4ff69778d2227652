package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a start on PostgreSQL waits for, or cannot have at present. */
@Tag("servers")
class WaitingStartIT {

    private static final String LIST = "5f1c7a2e-bbbb-4a7e-9b2f-aaaaaaaaaaaa";

    @TempDir
    Path folder;

    private EmbeddedPostgres postgres;
    private SalesforceSimulator salesforce;
    private TalkdeskSimulator talkdesk;
    private Service service;

    @BeforeEach
    void start() throws Exception {
        postgres = EmbeddedPostgres.builder()
                .setServerConfig("max_connections", "20")
                .start();
        salesforce = SalesforceSimulator.start();
        talkdesk = TalkdeskSimulator.start();
        talkdesk.addList(LIST, "EXTERNAL");
        service = new Service(folder, salesforce, talkdesk, LIST)
                .with("store.url", postgres.getJdbcUrl("postgres", "postgres"));
    }

    @AfterEach
    void stop() throws Exception {
        service.close();
        talkdesk.close();
        salesforce.close();
        postgres.close();
    }

    @Test
    void it_names_the_lock_that_it_waits_for_and_goes_on_when_that_is_given_back() throws Exception {
        service.start();
        assertThat(service.terminate()).isZero();
        try (Connection other = DriverManager.getConnection(
                        postgres.getJdbcUrl("postgres", "postgres") + "&ApplicationName=nightly-dump");
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("lock table flyway_schema_history in access exclusive mode");

            service.launch();
            service.await("it names the lock", Duration.ofSeconds(25), () -> service.log()
                    .contains("AccessShareLock on flyway_schema_history"));
            assertThat(service.log())
                    .contains("application nightly-dump", "since 20")
                    .containsPattern("held by process \\d+ of the server");
            // Longer than any time-out of the service.
            service.await("it goes on waiting", Duration.ofSeconds(40), () -> service.log()
                    .contains("up to date for 15 s"));
            other.rollback();
        }
        service.awaitListening();
    }

    @Test
    void a_server_without_a_free_slot_is_told_in_words_and_may_be_tried_again() throws Exception {
        try (Connection admin = DriverManager.getConnection(postgres.getJdbcUrl("postgres", "postgres"));
                Statement statement = admin.createStatement()) {
            statement.execute("create role sync login connection limit 0");
            statement.execute("grant all on schema public to sync");
        }
        service.with("store.url", postgres.getJdbcUrl("postgres", "postgres").replaceFirst("\\?.*", ""))
                .with("store.user", "sync");

        assertThat(service.launch().awaitEnd()).isEqualTo(75);
        assertThat(service.linesOfTheStart())
                .singleElement()
                .asString()
                .contains("the server has no free slot for a connection; the service takes 14 at most");
        assertThat(Command.run(service.environment(), "doctor").out())
                .contains("the server has no free slot for a connection");
    }
}
