package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.nio.file.Path;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One role owns the tables and brings them up to date; the service works as another one, which may only write to them. */
@Tag("servers")
class ForeignOwnerIT {

    private static final String LIST = "5f1c7a2e-9292-4a7e-9b2f-aaaaaaaaaaaa";

    @TempDir
    Path folder;

    @Test
    void the_service_works_in_tables_of_another_role_and_says_who_has_to_bring_them_up_to_date() throws Exception {
        try (DebianPostgres postgres = DebianPostgres.start();
                SalesforceSimulator salesforce = SalesforceSimulator.start();
                TalkdeskSimulator talkdesk = TalkdeskSimulator.start();
                Service service = new Service(folder, salesforce, talkdesk, LIST)) {
            talkdesk.addList(LIST, "EXTERNAL");
            List<String> contacts = salesforce.createContacts(20);
            talkdesk.addRecords(LIST, "salesforce", contacts);
            postgres.execute(
                    "create role owner login; create role worker login; create schema sync authorization owner;"
                            + " grant usage on schema sync to worker; alter default privileges for role owner in schema sync"
                            + " grant select, insert, update, delete on tables to worker");
            service.with("store.url", postgres.url() + "?currentSchema=sync");

            assertRefused(service, "worker", "the role worker has no right CREATE on schema sync");

            // An earlier release made it.
            Flyway.configure()
                    .dataSource(postgres.url(), "owner", "")
                    .locations("classpath:db/postgresql")
                    .defaultSchema("sync")
                    .target("19")
                    .load()
                    .migrate();
            assertRefused(
                    service,
                    "worker",
                    "cannot be brought up to date: its tables belong to owner (expected: the role itself, or one it is a"
                            + " member of) in schema sync; start the service once as a role that has that");

            service.with("store.user", "owner").startSubscribed();
            salesforce.publishDelete(contacts.subList(0, 10));
            talkdesk.awaitGone(LIST, contacts.subList(0, 10));
            assertThat(service.terminate()).isZero();

            service.with("store.user", "worker").startSubscribed();
            salesforce.publishDelete(contacts.subList(10, 20));
            talkdesk.awaitGone(LIST, contacts);
            service.await("all are settled", () -> service.count("deleted") == contacts.size());
            assertThat(Command.run(service.environment(), "doctor").out().lines())
                    .anyMatch(line -> line.startsWith("ok   | store"));
            assertThat(service.log()).doesNotContain("permission denied");
            assertThat(service.terminate()).isZero();

            // Without the default privileges a table of the next release would be like this.
            postgres.execute("revoke all on sync.alert from worker");
            assertRefused(
                    service,
                    "worker",
                    "the role worker has no right",
                    "on table alert of schema sync: grant select, insert, update, delete on all tables in schema"
                            + " \"sync\" to \"worker\"");
        }
    }

    private static void assertRefused(Service service, String role, String... words) throws Exception {
        int before = service.log().length();
        service.with("store.user", role).launch();
        assertThat(service.awaitEnd()).isEqualTo(1);
        assertThat(service.log().substring(before).lines().filter(line -> line.startsWith("The start failed")))
                .singleElement()
                .asString()
                .contains(words);
        assertThat(Command.run(service.environment(), "doctor").out().lines().filter(line -> line.contains("| store")))
                .singleElement()
                .asString()
                .startsWith("fail")
                .contains(words);
    }
}
