package io.recordsync.inbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.deletion.Commit;
import io.recordsync.deletion.Confirmation;
import io.recordsync.deletion.DeletionRequest;
import io.recordsync.deletion.Intake;
import io.recordsync.inbox.Intakes.Subscription;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What goes through more than one role of the inbox, whatever database it is on. */
abstract class InboxContract extends OnEitherDatabase {

    @Test
    void the_life_of_a_hundred_rows_costs_six_statements_at_most() {
        Subscription subscription = inbox.intakes().subscribe(CHANNEL).orElseThrow();
        inbox.recordLists().register(List.of("L1"));
        List<DeletionRequest> requests =
                IntStream.range(0, 100).mapToObj(i -> request("L1", "003-" + i)).toList();
        faults.executed.clear();

        inbox.intakes().accept(new Intake(requests, List.of(), position(subscription, 1)));
        assertThat(inbox.queue().settle(deletions(inbox.queue().claim(4, 100)), Confirmation.EXACT, Duration.ZERO))
                .isEqualTo(100);

        assertThat(faults.executed).hasSizeLessThanOrEqualTo(6);
    }

    /** However many they are: where the stream says the place of their commits, one statement writes it down. */
    @Test
    void the_places_of_a_hundred_commits_cost_one_statement() {
        Subscription subscription = inbox.intakes().subscribe(CHANNEL).orElseThrow();
        inbox.recordLists().register(List.of("L1"));
        List<DeletionRequest> requests = IntStream.range(0, 100)
                .mapToObj(i -> request("L1", "003-" + i))
                .map(request -> new DeletionRequest(
                        request.recordList(),
                        request.identifier(),
                        request.eventKey(),
                        request.origin(),
                        request.committedAt(),
                        request.state(),
                        "",
                        new Commit(request.eventKey().hashCode(), 1)))
                .toList();
        faults.executed.clear();

        inbox.intakes().accept(new Intake(requests, List.of(), position(subscription, 1)));

        assertThat(faults.executed).hasSizeLessThanOrEqualTo(3);
    }
}
