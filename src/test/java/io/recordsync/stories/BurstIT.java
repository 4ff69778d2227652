package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.Answer;
import io.recordsync.simulator.talkdesk.DeleteCall;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many contacts deleted at once, over many lists, while Talkdesk now and then has enough. */
@Tag("long")
class BurstIT {

    private static final int CONTACTS = 2_000;
    private static final List<String> LISTS =
            IntStream.range(0, 20).mapToObj("burst-%02d"::formatted).toList();
    private static final String FORBIDDEN = LISTS.get(7);

    @TempDir
    Path folder;

    @Test
    void two_thousand_contacts_leave_twenty_lists_in_full_batches_and_none_is_sent_twice() throws Exception {
        try (SalesforceSimulator salesforce = SalesforceSimulator.start();
                TalkdeskSimulator talkdesk = TalkdeskSimulator.start();
                Service service = new Service(folder, salesforce, talkdesk, String.join(",", LISTS))) {
            List<String> ids = salesforce.createContacts(CONTACTS);
            LISTS.forEach(list -> {
                talkdesk.addList(list, "EXTERNAL");
                talkdesk.addRecords(list, "salesforce", ids);
            });
            talkdesk.onList(FORBIDDEN).forbidden();
            AtomicInteger calls = new AtomicInteger();
            talkdesk.onAllLists().decide(call -> {
                int number = calls.incrementAndGet();
                // Twice, so that the calls in flight meet it too.
                if (number == 40 || number == 41) {
                    return Answer.status(429).retryAfter(Duration.ofSeconds(1));
                }
                return number % 50 == 20 ? Answer.status(503) : null;
            });
            // A backlog: all of it is accepted before the first call.
            service.with("batch.linger", "50ms");
            service.with("delivery.backoff", "200ms").startSubscribed();
            service.post("/api/pause", "");
            salesforce.publishDelete(ids);
            service.await("all is accepted", () -> service.count("pending") == (long) CONTACTS * LISTS.size());
            service.post("/api/resume", "");

            for (String list : LISTS) {
                if (!list.equals(FORBIDDEN)) {
                    talkdesk.awaitGone(list, ids, Duration.ofSeconds(40));
                }
            }
            long healthy = (long) CONTACTS * (LISTS.size() - 1);
            service.await("all are settled", () -> service.count("deleted") == healthy);
            // One look at all the states: the probes of the suspended list go on meanwhile.
            JsonNode counts = service.status().path("deletions");
            assertThat(counts.path("pending").asInt() + counts.path("claimed").asInt())
                    .isEqualTo(CONTACTS);
            assertThat(counts.path("parked").asInt()).isZero();
            assertThat(talkdesk.recordCount(FORBIDDEN)).isEqualTo(CONTACTS);

            List<DeleteCall> taken = new ArrayList<>(talkdesk.deletes());
            assertThat(taken).allSatisfy(call -> assertThat(call.items()).hasSizeLessThanOrEqualTo(100));
            taken.removeIf(call -> call.recordList().equals(FORBIDDEN));
            assertThat(taken.stream()
                            .mapToInt(call -> call.items().size())
                            .average()
                            .orElseThrow())
                    .isGreaterThanOrEqualTo(98);
            assertThat(taken).extracting(DeleteCall::status).contains(503, 429);
            assertThat(talkdesk.repeats()).isEmpty();
            assertThat(talkdesk.maxConcurrentDeletes()).isLessThanOrEqualTo(4);

            talkdesk.onList(FORBIDDEN).allowed();
            talkdesk.awaitGone(FORBIDDEN, ids);
            service.await("nothing is left", () -> service.count("deleted") == (long) CONTACTS * LISTS.size());
            assertThat(talkdesk.repeats()).isEmpty();
            assertThat(talkdesk.mistakes()).isEmpty();
            assertThat(salesforce.recording().refusals()).isEmpty();
            assertThat(service.terminate()).isZero();
        }
    }
}
