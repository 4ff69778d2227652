package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.simulator.salesforce.ContactIds;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.Answer;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A record list that answers after two seconds, beside one that answers at once. */
@Tag("long")
class SlowListIT {

    private static final String SLOW = "list-a-slow";
    private static final String FAST = "list-b-fast";

    @TempDir
    Path folder;

    private SalesforceSimulator salesforce;
    private TalkdeskSimulator talkdesk;
    private Service service;

    @BeforeEach
    void start() {
        salesforce = SalesforceSimulator.start();
        talkdesk = TalkdeskSimulator.start();
        talkdesk.addList(SLOW, "EXTERNAL");
        talkdesk.addList(FAST, "EXTERNAL");
    }

    @AfterEach
    void stop() {
        service.close();
        talkdesk.close();
        salesforce.close();
    }

    /** As it is delivered: four calls at once, five in a second. */
    @Test
    void beside_a_slow_list_a_fast_one_takes_about_as_long_as_alone() throws Exception {
        service = serving("alone", FAST).with("delivery.rate", "5").startSubscribed();
        Duration alone = gone(2_000);
        service.close();

        service =
                serving("beside", SLOW + "," + FAST).with("delivery.rate", "5").startSubscribed();
        answersSlowly();
        Duration beside = gone(2_000);
        Duration besideBacklog = gone(2_000);

        System.out.printf("SlowListIT, 5 a second: alone %s, beside %s, %s%n", alone, beside, besideBacklog);
        Duration bound = alone.multipliedBy(14).dividedBy(10);
        assertThat(beside).isLessThan(bound);
        assertThat(besideBacklog).isLessThan(bound);
        assertThat(talkdesk.mistakes()).isEmpty();
    }

    @Test
    void a_list_that_answers_slowly_holds_up_no_other() throws Exception {
        service = serving("service", SLOW + "," + FAST).startSubscribed();
        gone(2_000); // The first calls load classes.
        Duration alone = gone(2_000);
        answersSlowly();

        Duration beside = gone(2_000);
        Duration besideBacklog = gone(2_000);

        System.out.printf("SlowListIT, no rate: alone %s, beside %s, %s%n", alone, beside, besideBacklog);
        // Where calls waited in the order of their claim it took 12 seconds.
        Duration bound = alone.multipliedBy(14).dividedBy(10).plusSeconds(1);
        assertThat(beside).isLessThan(bound);
        assertThat(besideBacklog).isLessThan(bound);
        assertThat(talkdesk.mistakes()).isEmpty();
    }

    private Service serving(String name, String lists) throws Exception {
        return new Service(Files.createDirectory(folder.resolve(name)), salesforce, talkdesk, lists)
                .with("delivery.timeout", "30s");
    }

    private void answersSlowly() {
        talkdesk.onList(SLOW).always(Answer.normal().delayed(Duration.ofSeconds(2)));
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
