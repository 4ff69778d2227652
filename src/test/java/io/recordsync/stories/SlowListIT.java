package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.simulator.salesforce.ContactIds;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.Answer;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A record list that answers after two seconds, beside one that answers at once. */
class SlowListIT {

    private static final String SLOW = "list-a-slow";
    private static final String FAST = "list-b-fast";

    @TempDir
    Path folder;

    private SalesforceSimulator salesforce;
    private TalkdeskSimulator talkdesk;
    private Service service;

    @BeforeEach
    void start() throws Exception {
        salesforce = SalesforceSimulator.start();
        talkdesk = TalkdeskSimulator.start();
        talkdesk.addList(SLOW, "EXTERNAL");
        talkdesk.addList(FAST, "EXTERNAL");
        service = new Service(folder, salesforce, talkdesk, SLOW + "," + FAST).startSubscribed();
    }

    @AfterEach
    void stop() {
        service.close();
        talkdesk.close();
        salesforce.close();
    }

    @Test
    void a_list_that_answers_slowly_holds_up_no_other() throws Exception {
        gone(100); // The first calls load classes.
        Duration alone = gone(2_000);
        talkdesk.onList(SLOW).always(Answer.normal().delayed(Duration.ofSeconds(2)));

        Duration beside = gone(2_000);
        Duration besideBacklog = gone(2_000);

        System.out.printf("SlowListIT: alone %s, beside %s, beside a backlog %s%n", alone, beside, besideBacklog);
        // With a share of the calls it takes about as long; it took 12 seconds.
        Duration bound = alone.multipliedBy(2).plusSeconds(3);
        assertThat(beside).isLessThan(bound);
        assertThat(besideBacklog).isLessThan(bound);
        assertThat(talkdesk.mistakes()).isEmpty();
    }

    /** How long it takes until so many contacts that are deleted now are gone from the fast list. */
    private Duration gone(int contacts) {
        List<String> ids = Stream.generate(ContactIds::next).limit(contacts).toList();
        talkdesk.addRecords(SLOW, "salesforce", ids);
        talkdesk.addRecords(FAST, "salesforce", ids);
        long published = System.nanoTime();
        salesforce.publishDelete(ids);
        talkdesk.awaitGone(FAST, ids);
        return Duration.ofNanos(System.nanoTime() - published);
    }
}
