package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.simulator.salesforce.ContactIds;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process on PostgreSQL dies, and the next one on the same host need not wait for {@code session.ttl}, which is an hour here; for
 * one that is only frozen it waits.
 */
@Tag("long")
class DeadSessionIT {

    private static final String LIST = "5f1c7a2e-2626-4a7e-9b2f-aaaaaaaaaaaa";

    @TempDir
    Path folder;

    @Test
    void a_killed_process_is_replaced_at_once_and_a_frozen_one_is_waited_for() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start();
                SalesforceSimulator salesforce = SalesforceSimulator.start();
                TalkdeskSimulator talkdesk = TalkdeskSimulator.start();
                Service one = node(postgres, salesforce, talkdesk);
                Service other = node(postgres, salesforce, talkdesk)) {
            talkdesk.addList(LIST, "EXTERNAL");
            one.startSubscribed();
            List<String> contacts = Stream.generate(ContactIds::next).limit(40).toList();
            talkdesk.addRecords(LIST, "salesforce", contacts);
            talkdesk.holdCalls();
            salesforce.publishDelete(contacts);
            talkdesk.awaitDeletes(1);

            one.kill();
            talkdesk.releaseCalls();
            one.startSubscribed();

            assertThat(one.log()).contains("ran on this host and is dead", "were claimed by a process that is gone");
            one.await("all is settled", () -> one.count("deleted") == contacts.size());

            freezeBetweenTransactions(one, postgres);
            other.start();
            other.await("it stands by", () -> "standby"
                    .equals(other.status().at("/stream/state").asText()));
            assertThat(other.log()).doesNotContain("is dead");
            one.thaw();

            one.awaitSubscribed();
            assertThat(other.status().at("/stream/state").asText()).isEqualTo("standby");
            assertThat(talkdesk.mistakes()).isEmpty();
            assertThat(salesforce.recording().refusals()).isEmpty();
        }
    }

    /** Within one it would hold locks, which a start waits for in vain. */
    private static void freezeBetweenTransactions(Service service, EmbeddedPostgres postgres) {
        Awaitility.await().until(() -> {
            service.freeze();
            boolean between = transactions(postgres) == 0;
            if (!between) {
                service.thaw();
            }
            return between;
        });
    }

    private static int transactions(EmbeddedPostgres postgres) throws SQLException {
        try (Connection connection = postgres.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        """
                        select count(*) from pg_stat_activity
                        where datname = 'postgres' and xact_start is not null and pid <> pg_backend_pid()""")) {
            row.next();
            return row.getInt(1);
        }
    }

    private Service node(EmbeddedPostgres postgres, SalesforceSimulator salesforce, TalkdeskSimulator talkdesk)
            throws Exception {
        return new Service(folder, salesforce, talkdesk, LIST)
                .with("store.url", postgres.getJdbcUrl("postgres", "postgres"))
                .with("session.ttl", "1h")
                .with("batch.linger", "20ms");
    }
}
