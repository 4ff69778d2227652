package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** PostgreSQL behind PgBouncer. */
@Tag("servers")
class PoolerIT {

    private static final String LIST = "5f1c7a2e-7777-4a7e-9b2f-aaaaaaaaaaaa";
    private static final String TRANSACTION_MODE = "pool_mode = transaction\n";

    @TempDir
    Path folder;

    private DebianPostgres postgres;
    private SalesforceSimulator salesforce;
    private TalkdeskSimulator talkdesk;

    @BeforeEach
    void start() throws Exception {
        postgres = DebianPostgres.start();
        salesforce = SalesforceSimulator.start();
        talkdesk = TalkdeskSimulator.start();
        talkdesk.addList(LIST, "EXTERNAL");
    }

    @AfterEach
    void stop() throws Exception {
        talkdesk.close();
        salesforce.close();
        postgres.close();
    }

    private Service service(String url) throws Exception {
        return new Service(folder, salesforce, talkdesk, LIST)
                .with("store.url", url)
                .with("store.user", "postgres");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                TRANSACTION_MODE,
                TRANSACTION_MODE + "server_round_robin = 1",
                TRANSACTION_MODE + "default_pool_size = 1",
                "pool_mode = statement"
            })
    void a_pooler_in_transaction_mode_is_told_by_start_and_doctor_in_a_line(String settings) throws Exception {
        try (PgBouncer pooler = new PgBouncer(postgres, settings);
                Service service = service(pooler.url());
                Connection held = DriverManager.getConnection(postgres.url(), "postgres", "")) {
            assertThat(held.isValid(1)).isTrue();
            assertThat(service.launch().awaitEnd()).isEqualTo(1);
            assertThat(service.linesOfTheStart())
                    .singleElement()
                    .asString()
                    .contains("leads through a pooler in transaction mode: add prepareThreshold=0");
            Command doctor = Command.run(service.environment(), "doctor");
            assertThat(doctor.exitCode()).isEqualTo(1);
            assertThat(doctor.out().lines().filter(line -> line.contains("| store")))
                    .singleElement()
                    .asString()
                    .startsWith("fail")
                    .contains("leads through a pooler in transaction mode: add prepareThreshold=0");
        }
    }

    @Test
    void with_the_threshold_two_nodes_work_through_it_and_strangers_notice_nothing() throws Exception {
        try (PgBouncer pooler = new PgBouncer(postgres, TRANSACTION_MODE + "default_pool_size = 6");
                Service first = service(pooler.url() + "?prepareThreshold=0&currentSchema=sync");
                Service second = service(pooler.url() + "?prepareThreshold=0&currentSchema=sync")) {
            first.with("delivery.concurrency", "4").with("batch.size", "10").startSubscribed();
            second.with("delivery.concurrency", "4").with("batch.size", "10").start();
            List<String> contacts = salesforce.createContacts(600);
            talkdesk.addRecords(LIST, "salesforce", contacts);

            salesforce.publishDelete(contacts);

            talkdesk.awaitGone(LIST, contacts);
            first.await("all are settled", () -> first.count("deleted") == contacts.size());
            assertThat(talkdesk.sentTo(LIST).values())
                    .allSatisfy(calls -> assertThat(calls).hasSize(1));
            assertThat(postgres.ask("select count(*) from sync.deletion where state = 'deleted'"))
                    .isEqualTo("600");
            assertStrangersSeeTheirOwn(pooler);
            assertThat(first.log() + second.log()).doesNotContain(" WARN ", " ERROR ");
            assertThat(first.terminate()).isZero();
            assertThat(second.terminate()).isZero();
        }
    }

    /** On all of the pool's server connections. */
    private static void assertStrangersSeeTheirOwn(PgBouncer pooler) throws Exception {
        List<Connection> strangers = new ArrayList<>();
        try {
            for (int i = 0; i < 4; i++) {
                Connection stranger = DriverManager.getConnection(pooler.url() + "?prepareThreshold=0", "postgres", "");
                strangers.add(stranger);
                stranger.setAutoCommit(false);
                try (Statement statement = stranger.createStatement();
                        ResultSet row = statement.executeQuery(
                                "select current_setting('search_path') || ' ' || current_setting('statement_timeout') || ' '"
                                        + " || current_setting('enable_seqscan') || ' '"
                                        + " || current_setting('transaction_isolation')")) {
                    row.next();
                    assertThat(row.getString(1)).isEqualTo("\"$user\", public 0 on read committed");
                }
            }
        } finally {
            for (Connection stranger : strangers) {
                stranger.close();
            }
        }
    }

    @Test
    void session_mode_needs_nothing() throws Exception {
        try (PgBouncer pooler = new PgBouncer(postgres, "pool_mode = session");
                Service service = service(pooler.url())) {
            service.startSubscribed();
            List<String> contacts = salesforce.createContacts(50);
            talkdesk.addRecords(LIST, "salesforce", contacts);

            salesforce.publishDelete(contacts);

            talkdesk.awaitGone(LIST, contacts);
        }
    }
}
