package io.recordsync.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.config.Unconfirmed;
import io.recordsync.config.VerifySettings;
import io.recordsync.deletion.Batch;
import io.recordsync.deletion.ClaimedDeletion;
import io.recordsync.deletion.Failure;
import io.recordsync.deletion.Identifier;
import io.recordsync.delivery.Reading.Meaning;
import io.recordsync.ops.InMemoryRecordLists;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What is decided, by what the answer means and which batch it is about. */
class VerdictTest {

    private static final Failure FAILURE = new Failure("bad_item", 400, "No", "");

    private long now;
    private final DeliveryGate gate = new DeliveryGate(
            Duration.ofSeconds(1), Duration.ofSeconds(1), Clock.systemUTC(), new InMemoryPauses(), () -> now);
    /** It decides only, and never asks the inbox. */
    private final Delivery delivery = new Delivery(
            null,
            new InMemoryRecordLists(),
            gate,
            new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(1)),
            3,
            new VerifySettings(Duration.ofSeconds(1), 3, Unconfirmed.SETTLE),
            null);

    @ParameterizedTest
    @CsvSource({
        "CONFIRMED,           SETTLE,        SETTLE,       SETTLE",
        "UNCONFIRMED,         VERIFY_LATER,  VERIFY_LATER, VERIFY_LATER",
        "SOME_FAILED,         IDENTIFY,      IDENTIFY,     IDENTIFY",
        "REFUSED,             PARK,          SPLIT,        SPLIT",
        "NOT_FOUND,           ASK_LIST,      ASK_LIST,     ASK_LIST",
        "RECORDS_NOT_FOUND,   SETTLE_ABSENT, SPLIT,        SPLIT",
        "LIST_UNAVAILABLE,    SUSPEND_LIST,  SUSPEND_LIST, SUSPEND_LIST",
        "BUSY,                POSTPONE,      POSTPONE,     SPLIT",
        "SERVICE_UNAVAILABLE, PAUSE,         PAUSE,        PAUSE",
        "NOTHING_SAID,        VERIFY_LATER,  VERIFY_LATER, VERIFY_LATER",
        "MORE_THAN_ASKED,     STOP_LIST,     STOP_LIST,    STOP_LIST",
        "UNREADABLE,          PAUSE,         PAUSE,        PAUSE",
        "TOO_LARGE,           PAUSE,         SPLIT,        SPLIT",
        "NOT_SENT,            RELEASE,       RELEASE,      RELEASE",
    })
    void a_reading_of_a_lone_item_of_several_and_of_several_that_failed_before(
            Meaning meaning, Verdict lone, Verdict several, Verdict failedBefore) {
        Reading reading = Reading.failed(meaning, FAILURE);

        assertThat(delivery.decide(batch(1, 0), reading)).isEqualTo(lone);
        assertThat(delivery.decide(batch(2, 0), reading)).isEqualTo(several);
        assertThat(delivery.decide(batch(2, 1), reading)).isEqualTo(failedBefore);
    }

    @Test
    void a_lone_item_in_conflict_is_never_split_however_often_it_fails() {
        assertThat(Verdict.on(Reading.failed(Meaning.BUSY, FAILURE), batch(1, 7)))
                .isEqualTo(Verdict.POSTPONE);
    }

    @Test
    void every_verdict_can_come_of_a_reading() {
        Set<Verdict> reached = new TreeSet<>();
        for (Meaning meaning : Meaning.values()) {
            reached.add(Verdict.on(Reading.failed(meaning, FAILURE), batch(1, 0)));
            reached.add(Verdict.on(Reading.failed(meaning, FAILURE), batch(2, 1)));
        }

        assertThat(reached).containsExactly(Verdict.values());
    }

    @Test
    void a_list_that_refuses_one_lone_item_after_the_other_is_suspended_instead_of_parking_them_all() {
        Reading refused = Reading.failed(Meaning.REFUSED, FAILURE);
        for (Verdict expected : new Verdict[] {Verdict.PARK, Verdict.PARK, Verdict.SUSPEND_LIST}) {
            // What is split is no refusal of an item.
            assertThat(delivery.decide(batch(2, 0), refused)).isEqualTo(Verdict.SPLIT);
            assertThat(delivery.decide(batch(1, 0), refused)).isEqualTo(expected);
        }
    }

    /** An outage is over by any answer of the service, whatever it says of the batch; without a call nothing is known. */
    @ParameterizedTest
    @EnumSource
    void an_answer_opens_the_gate(Meaning meaning) {
        now += gate.shut(FAILURE, null).toNanos();

        delivery.decide(batch(1, 0), Reading.failed(meaning, FAILURE));

        boolean noAnswer = Set.of(
                        Meaning.SERVICE_UNAVAILABLE,
                        Meaning.UNREADABLE,
                        Meaning.TOO_LARGE,
                        Meaning.NOTHING_SAID,
                        Meaning.NOT_SENT)
                .contains(meaning);
        assertThat(gate.probing()).isEqualTo(noAnswer);
    }

    @Test
    void an_unreadable_answer_holds_up_its_list_while_another_one_is_answered_about() {
        Reading unreadable = Reading.failed(Meaning.UNREADABLE, FAILURE);
        delivery.decide(batch("other", 2, 0, 0), Reading.failed(Meaning.NOT_FOUND, FAILURE));

        assertThat(delivery.decide(batch(2, 0), unreadable)).isEqualTo(Verdict.HOLD_LIST);
        // Now it is everybody's.
        assertThat(delivery.decide(batch("other", 2, 0, 0), unreadable)).isEqualTo(Verdict.PAUSE);
    }

    @Test
    void nothing_said_is_enough_only_once_the_list_was_asked_for() {
        Reading nothing = Reading.failed(Meaning.NOTHING_SAID, FAILURE);

        assertThat(delivery.decide(batch("list", 2, 0, 1), nothing)).isEqualTo(Verdict.VERIFY_LATER);
        assertThat(delivery.decide(batch("list", 2, 0, 2), nothing)).isEqualTo(Verdict.ASK_LIST);
        assertThat(delivery.decide(batch("list", 2, 0, 2), Reading.failed(Meaning.UNCONFIRMED, FAILURE)))
                .isEqualTo(Verdict.VERIFY_LATER);
    }

    private static Batch batch(int size, int attempts) {
        return batch("list", size, attempts, 0);
    }

    private static Batch batch(String list, int size, int attempts, int unconfirmed) {
        return new Batch(IntStream.range(0, size)
                .mapToObj(i -> new ClaimedDeletion(
                        i, list, Identifier.external("salesforce", "003-" + i), attempts, unconfirmed, "session"))
                .toList());
    }
}
