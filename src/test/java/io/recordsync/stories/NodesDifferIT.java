package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two processes on one PostgreSQL that do not have the same configuration. */
@Tag("servers")
class NodesDifferIT {

    private static final String A = "differs-a";
    private static final String B = "differs-b";

    @TempDir
    Path folder;

    @Test
    void both_name_the_keys_until_they_agree_and_then_nothing_is_missing() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start();
                SalesforceSimulator salesforce = SalesforceSimulator.start();
                TalkdeskSimulator talkdesk = TalkdeskSimulator.start();
                Service one = node(postgres, salesforce, talkdesk, A)
                        .with("guard.max-deletions", "2000")
                        .with("ledger.phone-key", "the-first-phone-key");
                Service other = node(postgres, salesforce, talkdesk, A + "," + B)
                        .with("guard.max-deletions", "20")
                        .with("delivery.dry-run-lists", A)
                        .with("ledger.phone-key", "the-other-phone-key")) {
            Stream.of(A, B).forEach(list -> talkdesk.addList(list, "EXTERNAL"));
            one.startSubscribed();
            assertThat(one.text("/observe/health")).doesNotContain("nodes");
            // A change of configuration that is rolled out: it starts, and is ready.
            other.start();

            for (Service node : List.of(one, other)) {
                node.await("it says so", () -> node.answer("/observe/health").statusCode() == 503);
                assertThat(node.text("/observe/health"))
                        .contains(
                                "\"nodes\"",
                                "talkdesk.record-lists",
                                "guard.max-deletions",
                                "delivery.dry-run-lists",
                                "ledger.phone-key")
                        .doesNotContain("hmac", "sealed", "external-provider");
                assertThat(node.status().at("/health/level").asText()).isEqualTo("red");
            }
            assertThat(other.answer("/observe/health/ready").statusCode()).isEqualTo(200);

            // The one that reads the stream knows nothing of the second list.
            List<String> gone = salesforce.createContacts(5);
            Stream.of(A, B).forEach(list -> talkdesk.addRecords(list, "salesforce", gone));
            gone.forEach(salesforce::deleteContact);
            one.await("they are read", () -> one.deletions("recordList=" + A).size() == 5);
            one.kill();

            other.await("it is alone", () -> other.answer("/observe/health").statusCode() == 200);
            talkdesk.awaitGone(B, gone);
            assertThat(talkdesk.mistakes()).isEmpty();
        }
    }

    @Test
    void a_node_that_rehearses_beside_one_that_deletes_is_named_on_both() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start();
                SalesforceSimulator salesforce = SalesforceSimulator.start();
                TalkdeskSimulator talkdesk = TalkdeskSimulator.start();
                Service one = node(postgres, salesforce, talkdesk, A);
                Service other = node(postgres, salesforce, talkdesk, A).with("delivery.mode", "dry-run")) {
            talkdesk.addList(A, "EXTERNAL");
            one.startSubscribed();
            other.start();

            for (Service node : List.of(one, other)) {
                node.await("it says so", () -> node.answer("/observe/health").statusCode() == 503);
                assertThat(node.text("/observe/health")).contains("\"nodes\"", "delivery.mode");
            }
        }
    }

    private Service node(
            EmbeddedPostgres postgres, SalesforceSimulator salesforce, TalkdeskSimulator talkdesk, String lists)
            throws Exception {
        return new Service(folder, salesforce, talkdesk, lists)
                .with("store.url", postgres.getJdbcUrl("postgres", "postgres"));
    }
}
