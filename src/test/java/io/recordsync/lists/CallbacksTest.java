package io.recordsync.lists;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.deletion.Batch;
import io.recordsync.deletion.CallbackPage;
import io.recordsync.deletion.CallbackState;
import io.recordsync.deletion.ClaimedDeletion;
import io.recordsync.deletion.DeliveryMode;
import io.recordsync.deletion.Identifier;
import io.recordsync.deletion.Presence;
import io.recordsync.deletion.ScheduledCallback;
import io.recordsync.delivery.NotAllowedException;
import io.recordsync.inbox.CallbackBook.Deleted;
import io.recordsync.lists.Callbacks.Policy;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What becomes of callbacks, and how long deletions wait for a look at them. */
class CallbacksTest {

    private static final Duration PERIOD = Duration.ofMinutes(15);
    private static final Batch BATCH = new Batch(List.of(
            new ClaimedDeletion(1, "L1", Identifier.external("salesforce", "003DL0000212DetYAE"), 0, 0, "claim")));
    private static final DeliveryMode LIVE = DeliveryMode.of(DeliveryMode.Kind.LIVE, List.of());

    private final RememberedCallbacks book = new RememberedCallbacks();
    /** What Talkdesk has: callbacks, and what it says of their records. */
    private final Map<String, Presence> records = new HashMap<>();

    private final List<ScheduledCallback> scheduled = new ArrayList<>();
    private Presence list = Presence.there("", "");
    /** What Talkdesk answers to a DELETE. */
    private Presence deleteAnswer = Presence.there("", "");

    private long counted;

    private final List<String> askedFor = new ArrayList<>();
    private final List<String> cancelled = new ArrayList<>();

    // ---- before a deletion

    @Test
    void one_look_serves_all_deletions_that_came_before_it() throws Exception {
        Callbacks callbacks = cancelling(100);
        callback("c1", "ann");
        assertThat(walk(callbacks, callbacks.before(BATCH, null))).isTrue();
        assertThat(book.rows.get("c1").externalId()).isEqualTo("ann");

        book.now = book.now.plusSeconds(5);
        assertThat(callbacks.before(BATCH, null)).isNull();
        book.acceptedAt = book.now;
        assertThat(walk(callbacks, callbacks.before(BATCH, null)))
                .as("one that came later")
                .isTrue();
        book.now = book.now.plusSeconds(61);
        assertThat(walk(callbacks, callbacks.before(BATCH, null)))
                .as("too long ago")
                .isTrue();
        assertThat(askedFor).as("each record once").containsExactly("c1");
    }

    @Test
    void where_callbacks_are_off_nothing_is_looked_at() throws Exception {
        Callbacks callbacks = callbacks(new Policy(false, false, PERIOD, 100), LIVE);

        assertThat(callbacks.before(BATCH, null)).isNull();
        assertThat(callbacks.begin()).isNull();
    }

    @Test
    void a_look_that_fails_is_repeated_and_deletions_wait_for_it() throws Exception {
        Callbacks callbacks = cancelling(100);
        CallbackWalk first = callbacks.before(BATCH, null);
        callbacks.fail(first, new IOException("Talkdesk answered 503"));

        assertThat(walk(callbacks, callbacks.before(BATCH, first))).isTrue();
        assertThat(callbacks.before(BATCH, null)).isNull();
    }

    /** None is lost or waits for ever because callbacks cannot be looked at. */
    @Test
    void once_looks_have_failed_for_a_while_deletions_go_on_without() throws Exception {
        Callbacks callbacks = cancelling(100);
        CallbackWalk walk = null;
        int looks = 0;
        while ((walk = callbacks.before(BATCH, walk)) != null) {
            looks++;
            callbacks.fail(walk, new IOException("Talkdesk answered 503"));
        }

        assertThat(looks).isBetween(2, 50);
        assertThat(callbacks.before(BATCH, null)).as("the next batch").isNull();
    }

    /** A run finds out; then deletions wait for a look as before. */
    @Test
    void when_an_outage_is_over_callbacks_are_looked_at_before_deletions_again() throws Exception {
        Callbacks callbacks = cancelling(100);
        callback("c1", "ann");
        CallbackWalk walk = null;
        while ((walk = callbacks.before(BATCH, walk)) != null) {
            callbacks.fail(walk, new IOException("Talkdesk answered 503"));
        }

        run(callbacks);
        assertThat(book.rows.get("c1").externalId()).isEqualTo("ann");
        callback("c2", "bob");
        book.now = book.now.plusSeconds(1);
        book.acceptedAt = book.now;
        assertThat(walk(callbacks, callbacks.before(BATCH, null))).isTrue();
        assertThat(book.rows).containsKey("c2");
    }

    @Test
    void where_a_right_is_missing_deletions_go_on_at_once() throws Exception {
        Callbacks callbacks = cancelling(100);
        CallbackWalk walk = callbacks.before(BATCH, null);
        callbacks.fail(walk, new RuntimeException(new NotAllowedException("grant schedule-callbacks:read")));

        assertThat(callbacks.before(BATCH, walk)).isNull();
    }

    @Test
    void a_record_that_gives_no_clear_answer_holds_up_deletions_for_a_while_and_no_later_looks() throws Exception {
        Callbacks callbacks = cancelling(100);
        callback("c1", "ann");
        records.put("c1", Presence.unclear("Talkdesk answered 500", false));
        callback("c2", "bob");
        CallbackWalk walk = null;
        int looks = 0;
        while ((walk = callbacks.before(BATCH, walk)) != null) {
            looks++;
            walk(callbacks, walk);
        }
        assertThat(looks).as("it was asked for again").isGreaterThan(1);
        assertThat(book.rows).containsOnlyKeys("c2");

        callback("c3", "cleo");
        book.now = book.now.plusSeconds(1);
        book.acceptedAt = book.now;
        walk = callbacks.before(BATCH, null);
        assertThat(walk(callbacks, walk)).isTrue();
        assertThat(callbacks.before(BATCH, walk)).isNull();
        assertThat(book.rows).containsKey("c3");
    }

    @Test
    void whose_a_callback_is_is_written_down_before_the_next_call() throws Exception {
        Callbacks callbacks = cancelling(100);
        callback("c1", "ann");
        CallbackWalk walk = callbacks.before(BATCH, null);
        callbacks.page(walk, page());
        callbacks.record(walk, records.get("c1"));

        assertThat(book.rows).containsKey("c1");
    }

    // ---- a run

    @Test
    void a_callback_is_cancelled_only_where_its_record_is_gone_and_we_deleted_it() throws Exception {
        Callbacks callbacks = cancelling(100);
        callback("deleted", "ann");
        callback("removed by others", "bob");
        callback("restored or never deleted", "cleo");
        run(callbacks);
        callback("never seen", "dora");
        records.replaceAll((id, record) -> id.startsWith("restored") ? record : Presence.gone());
        book.deleted.put("ann", Deleted.CARRIED_OUT);
        book.deleted.put("dora", Deleted.CARRIED_OUT);
        book.now = book.now.plus(PERIOD);
        run(callbacks);

        assertThat(cancelled).containsExactly("deleted");
        assertThat(states())
                .containsEntry("deleted", CallbackState.CANCELLED)
                .containsEntry("removed by others", CallbackState.GONE)
                .containsEntry("restored or never deleted", CallbackState.LIVING)
                .containsEntry("never seen", CallbackState.UNSEEN);
        assertThat(book.rows.get("removed by others").ours()).isFalse();
        assertThat(book.rows.get("deleted").ours()).isTrue();
    }

    @Test
    void soon_after_deletions_their_callbacks_are_asked_for_and_those_of_others_wait_for_their_turn() throws Exception {
        Callbacks callbacks = cancelling(100);
        callback("c1", "ann");
        callback("c2", "bob");
        run(callbacks);
        askedFor.clear();
        book.deleted.put("ann", Deleted.CARRIED_OUT);
        records.put("c1", Presence.gone());
        book.now = book.now.plusSeconds(10);
        run(callbacks);

        assertThat(askedFor).containsExactly("c1");
        assertThat(cancelled).containsExactly("c1");
    }

    @Test
    void an_unclear_answer_or_a_list_that_is_gone_cancels_nothing() throws Exception {
        Callbacks callbacks = cancelling(100);
        callback("c1", "ann");
        run(callbacks);
        book.deleted.put("ann", Deleted.CARRIED_OUT);
        records.put("c1", Presence.unclear("A 404 that is not Talkdesk's", false));
        run(callbacks);
        assertThat(states()).containsEntry("c1", CallbackState.LIVING);
        assertThat(book.ends).last().isEqualTo("ended 0: A 404 that is not Talkdesk's");

        records.put("c1", Presence.gone());
        list = Presence.gone();
        run(callbacks);
        assertThat(states()).containsEntry("c1", CallbackState.LIVING);
        assertThat(cancelled).isEmpty();
    }

    @Test
    void above_the_limit_none_is_cancelled_and_their_number_is_said() throws Exception {
        Callbacks callbacks = cancelling(2);
        for (String person : List.of("ann", "bob", "cleo")) {
            callback(person, person);
        }
        run(callbacks);
        records.replaceAll((id, record) -> Presence.gone());
        book.deleted.putAll(
                Map.of("ann", Deleted.CARRIED_OUT, "bob", Deleted.CARRIED_OUT, "cleo", Deleted.CARRIED_OUT));
        run(callbacks);
        assertThat(book.ends).last().isEqualTo("ended 3: ");
        askedFor.clear();
        run(callbacks);

        assertThat(book.ends).last().isEqualTo("ended 3: ");
        assertThat(askedFor).as("it is known already").isEmpty();
        assertThat(cancelled).isEmpty();
        run(cancelling(3));
        assertThat(cancelled).hasSize(3);
    }

    /** A receipt said that this service had cancelled it. */
    @Test
    void what_is_gone_by_the_time_it_is_to_be_cancelled_has_ended_and_was_not_cancelled_here() throws Exception {
        Callbacks callbacks = cancelling(100);
        callback("c1", "ann");
        run(callbacks);
        records.put("c1", Presence.gone());
        book.deleted.put("ann", Deleted.CARRIED_OUT);
        deleteAnswer = Presence.gone();
        book.now = book.now.plus(PERIOD);
        run(callbacks);

        assertThat(states()).containsEntry("c1", CallbackState.ENDED);
        assertThat(counted).isZero();
    }

    @Test
    void a_dry_run_rehearses_and_a_report_reports() throws Exception {
        DeliveryMode dryRun = DeliveryMode.of(DeliveryMode.Kind.DRY_RUN, List.of());
        callback("c1", "ann");
        callback("c2", "bob");
        run(callbacks(new Policy(true, false, PERIOD, 100), LIVE));
        records.put("c1", Presence.gone());
        book.deleted.put("ann", Deleted.CARRIED_OUT);
        book.deleted.put("bob", Deleted.REHEARSED);
        run(callbacks(new Policy(true, false, PERIOD, 100), LIVE));
        assertThat(states()).containsEntry("c1", CallbackState.GONE).containsEntry("c2", CallbackState.LIVING);
        assertThat(book.rows.get("c1").ours()).isTrue();

        run(callbacks(new Policy(true, true, PERIOD, 100), dryRun));
        assertThat(states()).containsEntry("c1", CallbackState.REHEARSED).containsEntry("c2", CallbackState.REHEARSED);
        run(callbacks(new Policy(true, true, PERIOD, 100), dryRun));
        assertThat(states()).containsEntry("c1", CallbackState.REHEARSED).containsEntry("c2", CallbackState.REHEARSED);
        assertThat(cancelled).isEmpty();
        run(cancelling(100));
        assertThat(cancelled).containsExactly("c1");
    }

    @Test
    void what_is_not_listed_any_more_has_ended_and_goes_on_when_it_is_listed_again() throws Exception {
        Callbacks callbacks = cancelling(100);
        callback("c1", "ann");
        run(callbacks);
        List<ScheduledCallback> all = List.copyOf(scheduled);
        scheduled.clear();
        run(callbacks);
        assertThat(states()).containsEntry("c1", CallbackState.ENDED);

        scheduled.addAll(all);
        run(callbacks);
        assertThat(states()).containsEntry("c1", CallbackState.LIVING);
        assertThat(book.rows.get("c1").externalId()).isEqualTo("ann");
    }

    @Test
    void records_that_nobody_deleted_are_asked_for_again_in_steps() throws Exception {
        Callbacks callbacks = cancelling(100);
        IntStream.range(0, 300).forEach(i -> callback("c" + i, "person" + i));
        run(callbacks);
        askedFor.clear();
        book.now = book.now.plus(PERIOD);
        run(callbacks);
        assertThat(askedFor).hasSize(200);
        book.now = book.now.plus(PERIOD);
        run(callbacks);
        assertThat(Set.copyOf(askedFor)).as("none is forgotten").hasSize(300);
    }

    @Test
    void while_a_run_asks_for_new_ones_no_second_walk_does() throws Exception {
        Callbacks callbacks = cancelling(100);
        callback("c1", "ann");
        CallbackWalk run = callbacks.begin();
        assertThat(callbacks.begin()).isNull();
        walk(callbacks, run);

        assertThat(callbacks.before(BATCH, null))
                .as("it served the deletion, too")
                .isNull();
    }

    @Test
    void a_run_that_fails_says_so_and_the_next_one_may_look() throws Exception {
        Callbacks callbacks = callbacks(new Policy(true, true, Duration.ofMillis(1), 100), LIVE);
        callbacks.fail(callbacks.begin(), new NotAllowedException("grant schedule-callbacks:read"));

        assertThat(book.ends).containsExactly("failed, a right is missing: grant schedule-callbacks:read");
        while (callbacks.begin() == null) {
            Thread.onSpinWait();
        }
    }

    // ---- Talkdesk

    private void callback(String id, String externalId) {
        scheduled.add(new ScheduledCallback(id, "L1", "record of " + id));
        records.put(id, Presence.there("salesforce", externalId));
    }

    private Callbacks cancelling(int most) {
        return callbacks(new Policy(true, true, PERIOD, most), LIVE);
    }

    private Callbacks callbacks(Policy policy, DeliveryMode mode) {
        return new Callbacks(
                book,
                () -> List.of("L1"),
                policy,
                mode,
                count -> counted += count,
                new LookPatience(Duration.ofMillis(200), Duration.ofMillis(5), Duration.ofMinutes(1)));
    }

    private CallbackPage page() {
        return new CallbackPage(
                scheduled.stream().map(ScheduledCallback::id).toList(), scheduled, scheduled.size(), true);
    }

    private void run(Callbacks callbacks) throws IOException {
        walk(callbacks, callbacks.begin());
    }

    /** As the route does. @return whether there was a walk */
    private boolean walk(Callbacks callbacks, CallbackWalk walk) throws IOException {
        if (walk == null) {
            return false;
        }
        callbacks.page(walk, page());
        while (walk.asking()) {
            String id = walk.record().id();
            askedFor.add(id);
            callbacks.record(walk, records.get(id));
        }
        while (walk.checking()) {
            callbacks.list(walk, list);
        }
        callbacks.decide(walk);
        while (walk.cancelling()) {
            cancelled.add(walk.callback());
            scheduled.removeIf(callback -> callback.id().equals(walk.callback()));
            callbacks.cancelled(walk, deleteAnswer);
        }
        callbacks.finish(walk);
        return true;
    }

    private Map<String, CallbackState> states() {
        Map<String, CallbackState> states = new HashMap<>();
        book.rows.forEach((id, row) -> states.put(id, row.state()));
        return states;
    }
}
