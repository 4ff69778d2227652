package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.recordsync.simulator.salesforce.ContactIds;
import io.recordsync.simulator.salesforce.Recording;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** However the stream ends, what is published before, at and after the end leaves Talkdesk. */
@Tag("long")
class StreamEndsIT {

    private static final String LIST = "5f1c7a2e-2222-4a7e-9b2f-aaaaaaaaaaaa";

    private static SalesforceSimulator salesforce;
    private static Recording recording;
    private static TalkdeskSimulator talkdesk;
    private static Service service;

    @BeforeAll
    static void start(@TempDir Path folder) throws Exception {
        salesforce = SalesforceSimulator.start();
        // In proportion: Salesforce's 270 s to the service's 330 s.
        salesforce.keepaliveAfter(Duration.ofMillis(800));
        recording = salesforce.recording();
        talkdesk = TalkdeskSimulator.start();
        talkdesk.addList(LIST, "EXTERNAL");
        service = new Service(folder, salesforce, talkdesk, LIST)
                .with("stream.idle-timeout", "2s")
                .startSubscribed();
    }

    @AfterAll
    static void stop() throws Exception {
        try {
            assertThat(service.terminate()).isZero();
        } finally {
            service.close();
            talkdesk.close();
            salesforce.close();
        }
    }

    @AfterEach
    void nothing_was_done_wrong() {
        assertThat(talkdesk.mistakes()).isEmpty();
        assertThat(recording.refusals()).isEmpty();
    }

    @Test
    void salesforce_completes_the_stream() {
        survives(() -> assertThat(salesforce.completeStream()).isOne());
        assertThat(lastEnd().status()).isEqualTo(Status.Code.OK);
    }

    @Test
    void salesforce_is_unavailable() {
        survives(() -> assertThat(salesforce.failStream(Status.UNAVAILABLE, "service.unavailable"))
                .isOne());
        assertThat(lastEnd().errorCode()).endsWith("service.unavailable");
    }

    @Test
    void the_trailer_is_binary() {
        survives(() -> assertThat(salesforce.failStreamWithBinaryTrailer()).isOne());
        assertThat(lastEnd().status()).isEqualTo(Status.Code.INTERNAL);
    }

    @Test
    void the_token_is_refused_with_a_trailer() {
        int logins = recording.logins().size();
        survives(() -> {
            salesforce.revokeTokens();
            assertThat(salesforce.failStream(Status.UNAUTHENTICATED, "service.auth.error"))
                    .isOne();
        });
        assertThat(recording.logins()).hasSize(logins + 1);
    }

    @Test
    void the_token_is_refused_without_a_trailer() {
        int logins = recording.logins().size();
        survives(() -> {
            salesforce.revokeTokens();
            assertThat(salesforce.failStream(Status.UNAUTHENTICATED, null)).isOne();
        });
        assertThat(recording.logins()).hasSize(logins + 1);
    }

    @Test
    void the_connection_is_cut() {
        survives(salesforce::cutTcp);
    }

    @Test
    void the_connection_falls_silent() {
        survives(salesforce::goSilent);
    }

    @Test
    void salesforce_cannot_be_reached_for_a_while() {
        survives(() -> {
            salesforce.unavailable(true);
            service.await("it waits", () -> "waiting"
                    .equals(service.status().at("/stream/state").asText()));
            salesforce.unavailable(false);
        });
    }

    private static void survives(Runnable end) {
        service.awaitSubscribed();
        int streams = opened();
        List<String> before = contacts(3);
        salesforce.publishDelete(before);
        talkdesk.awaitGone(LIST, before);

        List<String> at = contacts(3);
        List<String> meanwhile = contacts(3);
        salesforce.publishDelete(at);
        end.run();
        salesforce.publishDelete(meanwhile);

        recording.awaitSubscription(streams + 1);
        List<String> after = contacts(3);
        salesforce.publishDelete(after);
        talkdesk.awaitGone(LIST, at);
        talkdesk.awaitGone(LIST, meanwhile);
        talkdesk.awaitGone(LIST, after);
    }

    private static int opened() {
        return (int) recording.subscribes().stream()
                .filter(subscribe -> subscribe.refusedWith() == null)
                .count();
    }

    private static Recording.StreamEnd lastEnd() {
        List<Recording.StreamEnd> ends = recording.streamEnds();
        return ends.get(ends.size() - 1);
    }

    private static List<String> contacts(int n) {
        List<String> ids = Stream.generate(ContactIds::next).limit(n).toList();
        talkdesk.addRecords(LIST, "salesforce", ids);
        return ids;
    }
}
