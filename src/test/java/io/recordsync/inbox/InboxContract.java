package io.recordsync.inbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.deletion.Commit;
import io.recordsync.deletion.Confirmation;
import io.recordsync.deletion.DeletionRequest;
import io.recordsync.deletion.Identifier;
import io.recordsync.deletion.Intake;
import io.recordsync.inbox.Intakes.Subscription;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What goes through more than one role of the inbox, whatever database it is on. */
abstract class InboxContract extends OnEitherDatabase {

    private static final int MANY = 20_000;

    /** What the database takes on the disk. */
    abstract long bytes();

    /** 0.4 of what a settled row took when it had its words in it, and on PostgreSQL half of it. */
    abstract long maxBytesOfSettled();

    @Test
    void a_settled_deletion_takes_little_room() {
        inbox.intakes().accept(intake(request("8a6b2c1e-5d3f-4a7b-9c0d-1e2f3a4b5c6d", "known")));
        inbox.queue().settle(deletions(inbox.queue().claim(1, 1)), Confirmation.EXACT, Duration.ZERO);
        long before = bytes();
        for (int from = 0; from < MANY; from += 400) {
            // Contacts in no order, and keys as the stream gives them.
            List<DeletionRequest> requests = IntStream.range(from, from + 400)
                    .mapToObj(i -> request(
                            "8a6b2c1e-5d3f-4a7b-9c0d-1e2f3a4b5c6d",
                            Identifier.external(
                                    "salesforce", "003Rj%010xIAA".formatted(i * 0x9E3779B97FL & (1L << 40) - 1)),
                            new UUID(i * 0x9E3779B97F4A7C15L, i) + "/1"))
                    .toList();
            inbox.intakes().accept(new Intake(requests, List.of(), null));
            advance(Duration.ofMillis(50));
            settle(1);
            settle(3);
        }
        assertThat((bytes() - before) / MANY).isLessThanOrEqualTo(maxBytesOfSettled());
        assertThat(ledger.find(new Ledger.Filter(null, null, "003Rj0000000000IAA", 1, null)))
                .allSatisfy(entry -> assertThat(entry.dueAt()).isEqualTo(entry.acceptedAt()))
                .hasSize(1);
    }

    private void settle(int batches) {
        assertThat(inbox.queue()
                        .settle(
                                deletions(inbox.queue().claim(batches, 100)),
                                Confirmation.EXACT,
                                Duration.ofMillis(30)))
                .isEqualTo(batches * 100);
    }

    /** Of a list that is known: the position, the rows; the lanes, the claim, its rows; their end, and how many. */
    @Test
    void the_life_of_a_hundred_rows_costs_seven_statements_at_most() {
        Subscription subscription = inbox.intakes().subscribe(CHANNEL).orElseThrow();
        inbox.recordLists().register(List.of("L1"));
        List<DeletionRequest> requests =
                IntStream.range(0, 100).mapToObj(i -> request("L1", "003-" + i)).toList();
        inbox.intakes().accept(intake(request("L1", "known")));
        inbox.queue().settle(deletions(inbox.queue().claim(1, 1)), Confirmation.EXACT, Duration.ZERO);
        faults.executed.clear();

        inbox.intakes().accept(new Intake(requests, List.of(), position(subscription, 1)));
        assertThat(inbox.queue().settle(deletions(inbox.queue().claim(4, 100)), Confirmation.EXACT, Duration.ZERO))
                .isEqualTo(100);

        assertThat(faults.executed).hasSizeLessThanOrEqualTo(7);
    }

    /** Where the stream says the place of their commits, it is written with them. */
    @Test
    void the_places_of_a_hundred_commits_cost_no_statement() {
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
        inbox.intakes().accept(intake(request("L1", "known")));
        faults.executed.clear();

        inbox.intakes().accept(new Intake(requests, List.of(), position(subscription, 1)));

        assertThat(faults.executed).hasSizeLessThanOrEqualTo(2);
    }
}
