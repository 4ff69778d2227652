package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A PostgreSQL behind one address, of which another server becomes the primary. */
@Tag("servers")
class FailoverIT {

    private static final String LIST = "5f1c7a2e-8888-4a7e-9b2f-aaaaaaaaaaaa";

    @TempDir
    Path folder;

    @Test
    void the_old_primary_only_reads_any_more_for_open_sessions_and_deliveries_go_on_at_the_new_one() throws Exception {
        try (DebianPostgres old = DebianPostgres.start();
                DebianPostgres standby = old.standby();
                TcpSwitch address = new TcpSwitch(old.port());
                SalesforceSimulator salesforce = SalesforceSimulator.start();
                TalkdeskSimulator talkdesk = TalkdeskSimulator.start();
                Service service = new Service(folder, salesforce, talkdesk, LIST)) {
            talkdesk.addList(LIST, "EXTERNAL");
            List<String> contacts = salesforce.createContacts(400);
            talkdesk.addRecords(LIST, "salesforce", contacts);
            service.with("store.url", DebianPostgres.url(address.port()))
                    .with("store.user", "postgres")
                    .startSubscribed();
            salesforce.publishDelete(contacts.subList(0, 200));
            talkdesk.awaitGone(LIST, contacts.subList(0, 200));
            service.await("all are settled", () -> service.count("deleted") == 200);

            old.execute("alter system set default_transaction_read_only = on");
            old.execute("select pg_reload_conf()");
            Awaitility.await("the standby has all of it").until(() -> standby.ask("select pg_last_wal_replay_lsn() >= '"
                            + old.ask("select pg_current_wal_lsn()") + "'::pg_lsn")
                    .equals("t"));
            standby.promote();
            address.newOnesLeadTo(standby.port());
            long moved = System.nanoTime();
            salesforce.publishDelete(contacts.subList(200, 400));

            talkdesk.awaitGone(LIST, contacts, Duration.ofSeconds(15));
            service.await(
                    "it is ready", () -> service.answer("/observe/health/ready").statusCode() == 200);
            assertThat(Duration.ofNanos(System.nanoTime() - moved)).isLessThan(Duration.ofSeconds(15));
            service.await("all are settled", () -> service.count("deleted") == 400);
            assertThat(standby.ask("select count(*) from deletion where state = 'deleted'"))
                    .isEqualTo("400");
            assertThat(old.ask("select count(*) from deletion")).isEqualTo("200");
        }
    }

    @Test
    void a_standby_is_named_by_start_and_doctor() throws Exception {
        try (DebianPostgres primary = DebianPostgres.start();
                DebianPostgres standby = primary.standby();
                SalesforceSimulator salesforce = SalesforceSimulator.start();
                TalkdeskSimulator talkdesk = TalkdeskSimulator.start();
                Service service = new Service(folder, salesforce, talkdesk, LIST)) {
            service.with("store.url", standby.url()).with("store.user", "postgres");

            assertThat(service.launch().awaitEnd()).isEqualTo(75);
            assertThat(service.linesOfTheStart())
                    .singleElement()
                    .asString()
                    .contains("the server is a standby (expected the primary)");
            assertThat(Command.run(service.environment(), "doctor").out())
                    .contains("the server is a standby (expected the primary)");
        }
    }
}
