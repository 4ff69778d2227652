package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.simulator.salesforce.ChangeEvent;
import io.recordsync.simulator.salesforce.ContactIds;
import io.recordsync.simulator.salesforce.Recording;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where a killed service goes on. */
@Tag("long")
class PositionIT {

    private static final String LIST = "5f1c7a2e-3333-4a7e-9b2f-aaaaaaaaaaaa";

    @TempDir
    Path folder;

    private SalesforceSimulator salesforce;
    private Recording recording;
    private TalkdeskSimulator talkdesk;
    private Service service;

    @BeforeEach
    void start() throws Exception {
        salesforce = SalesforceSimulator.start();
        recording = salesforce.recording();
        talkdesk = TalkdeskSimulator.start();
        talkdesk.addList(LIST, "EXTERNAL");
        service = new Service(folder, salesforce, talkdesk, LIST);
    }

    @AfterEach
    void stop() {
        service.close();
        talkdesk.close();
        salesforce.close();
    }

    @Test
    void killed_after_a_keepalive_it_subscribes_again_with_that_very_id() throws Exception {
        service.startSubscribed();
        salesforce.sendKeepalive();
        String keepalive = recording.awaitKeepalive(1).latestReplayId();
        awaitPositionSaved();

        service.kill();
        List<String> meanwhile = contacts(2);
        salesforce.publishDelete(meanwhile);
        service.start();

        Recording.Subscribe again = recording.awaitSubscription(2);
        assertThat(again.preset()).isEqualTo("CUSTOM");
        assertThat(again.replayId()).isEqualTo(keepalive);
        talkdesk.awaitGone(LIST, meanwhile);
        assertThat(recording.refusals()).isEmpty();
        assertThat(talkdesk.mistakes()).isEmpty();
    }

    /**
     * Three events of one transaction share a replay id and come in three responses. The second, of an entity whose schema
     * cannot be had, holds up the third; at that moment the process dies. A service that saved the id with the first response
     * resumes behind the third.
     */
    @Test
    void killed_between_two_responses_that_share_a_replay_id_it_reads_the_rest() throws Exception {
        service.with("salesforce.channel", "/data/ChangeEvents").startSubscribed();
        salesforce.splitResponsesAt(1);
        List<String> ids = contacts(3);
        salesforce.publishDelete(ids.get(0));
        talkdesk.awaitGone(LIST, ids.subList(0, 1));
        salesforce.schemaUnavailable(true);

        salesforce.publishTransaction(
                ChangeEvent.delete(ids.get(1)),
                ChangeEvent.update("001DL0000212Det").ofEntity("Account"),
                ChangeEvent.delete(ids.get(2)));
        talkdesk.awaitGone(LIST, ids.subList(1, 2));
        recording.awaitResponse(4);
        service.kill();
        assertThat(talkdesk.holds(LIST, ids.get(2))).isTrue();
        salesforce.schemaUnavailable(false);
        service.start();

        talkdesk.awaitGone(LIST, ids);
        assertThat(talkdesk.mistakes()).isEmpty();
    }

    private void awaitPositionSaved() {
        service.await(
                "the position is saved",
                () -> service.status().at("/stream/positionSavedAt").isTextual());
    }

    private List<String> contacts(int n) {
        List<String> ids = Stream.generate(ContactIds::next).limit(n).toList();
        talkdesk.addRecords(LIST, "salesforce", ids);
        return ids;
    }
}
