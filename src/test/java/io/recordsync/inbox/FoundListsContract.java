package io.recordsync.inbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.deletion.Batch;
import io.recordsync.deletion.Confirmation;
import io.recordsync.deletion.DeletionState;
import io.recordsync.deletion.ListRules;
import io.recordsync.deletion.ListRules.Bound;
import io.recordsync.deletion.ListedList;
import io.recordsync.inbox.FoundLists.Forgotten;
import io.recordsync.inbox.FoundLists.Found;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which record lists are served by their names, whatever database it is on. */
abstract class FoundListsContract extends OnEitherDatabase {

    static final ListScope SCOPE = new ListScope("salesforce", List.of("Contact", "Lead"), List.of("003", "00Q"));
    private static final Duration AGAIN = Duration.ofMinutes(10);
    static final ListRules RULES =
            new ListRules(List.of("L1"), List.of("SF *"), Map.of("Lead", new Bound(List.of(), List.of("SF leads *"))));

    private FoundLists lists;

    @BeforeEach
    void serve() {
        lists = inbox.foundLists();
        acceptMany("L1", 1);
        lists.serve(RULES, SCOPE, Duration.ofDays(7));
    }

    @Test
    void a_list_that_asks_is_not_served_until_a_person_lets_it_join() {
        finish(seen("L2", "SF contacts"), Map.of("L2", Membership.ASKS));

        assertThat(list("L2").word()).isEqualTo("asks");
        assertThat(list("L2").recordsCount()).isEqualTo(7);
        assertThat(lists.ids()).containsExactly("L1");
        assertThat(lists.find("L2")).isEmpty();

        assertThat(lists.join(List.of("L2", "L3", "L1"), false)).isEqualTo(1);

        assertThat(lists.ids()).containsExactly("L1", "L2");
        assertThat(lists.named("L2")).isEqualTo("L2 (SF contacts)");
        assertThat(inbox.recordLists().named("L2")).isEqualTo("L2 (SF contacts)");
        assertThat(list("L2").word()).isEqualTo("active");
        assertThat(coverage("L2").swept()).isFalse();
        assertThat(coverage("L2").historyOpen()).isTrue();
        assertThat(inbox.coverage().begin(Duration.ofDays(1)).orElseThrow().lagging())
                .containsOnlyKeys("L2");
        assertThat(lists.join(List.of("L2"), false)).isZero();
    }

    @Test
    void what_joined_is_served_after_a_restart_whatever_the_configuration_names() {
        finish(seen("L2", "SF leads 1"), Map.of("L2", Membership.JOINED));

        lists.serve(ListRules.of(List.of("L1")), SCOPE, Duration.ofDays(7));

        assertThat(lists.ids()).containsExactly("L1", "L2");
        acceptMany("L2", 2);
        assertThat(inbox.queue().claim(10, 10)).extracting(Batch::recordList).contains("L2");
    }

    @Test
    void a_list_gets_what_its_name_binds_it_to_and_more_when_that_changes() {
        finish(seen("L2", "SF leads 1"), Map.of("L2", Membership.JOINED));
        assertThat(lists.find("L2").orElseThrow().entities()).containsExactly("Lead");
        assertThat(lists.find("L2").orElseThrow().gets("Contact")).isFalse();
        var joinedAt = list("L2").joinedAt();
        advance(Duration.ofMinutes(1));

        finish(seen("L2", "SF people"), Map.of());

        assertThat(lists.find("L2").orElseThrow().entities()).isEmpty();
        assertThat(list("L2").joinedAt())
                .as("it gets more, and is swept for that")
                .isAfter(joinedAt);
    }

    /** It got every entity's deletions once its name had changed, after a restart, too. */
    @Test
    void a_list_that_nothing_names_any_more_gets_what_it_got_before() {
        finish(seen("L2", "SF leads 1"), Map.of("L2", Membership.JOINED));
        finish(seen("L2", "Somebody else's"), Map.of());
        assertThat(lists.find("L2").orElseThrow().entities()).containsExactly("Lead");
        assertThat(lists.named("L2")).isEqualTo("L2 (Somebody else's)");

        lists.serve(RULES, SCOPE, Duration.ofDays(7));
        assertThat(lists.find("L2").orElseThrow().entities()).containsExactly("Lead");
        lists.serve(ListRules.of(List.of("L1")), SCOPE, Duration.ofDays(7));
        assertThat(lists.find("L2").orElseThrow().entities()).containsExactly("Lead");
        finish(List.of(), Map.of(), Set.of(), Set.of("L2"));
        finish(seen("L2", "Somebody else's"), Map.of(), Set.of("L2"), Set.of());
        assertThat(lists.find("L2").orElseThrow().entities()).containsExactly("Lead");
    }

    @Test
    void a_page_without_a_name_takes_none_away() {
        finish(seen("L2", "SF leads 1"), Map.of("L2", Membership.JOINED));
        finish(seen("L2", ""), Map.of());

        assertThat(lists.named("L2")).isEqualTo("L2 (SF leads 1)");
        assertThat(lists.find("L2").orElseThrow().entities()).containsExactly("Lead");
    }

    @Test
    void what_asked_and_is_not_there_any_more_may_ask_again_later() {
        finish(seen("L2", "SF contacts"), Map.of("L2", Membership.ASKS));
        withdraw("L1", "L2");
        assertThat(lists.ids()).as("not one that is served").containsExactly("L1");
        assertThat(list("L2").word()).isEqualTo("retired");
        assertThat(lists.join(List.of("L2"), false)).isZero();

        finish(seen("L2", "SF contacts"), Map.of("L2", Membership.ASKS));
        assertThat(list("L2").word()).isEqualTo("asks");
        lists.join(List.of("L2"), false);
        withdraw("L2");
        assertThat(lists.ids()).as("a person was faster").containsExactly("L1", "L2");
    }

    private void withdraw(String... withdrawn) {
        lists.order();
        assertThat(lists.begin()).isTrue();
        lists.finish(
                new Found(List.of(), Map.of(), false, Set.of(), Set.of(), Set.of(), Set.of(withdrawn), "", ""), AGAIN);
    }

    @Test
    void a_dismissed_list_stays_so_and_may_join_later() {
        finish(seen("L2", "SF contacts"), Map.of("L2", Membership.ASKS));
        assertThat(lists.dismiss(List.of("L2", "L1"))).isEqualTo(1);
        finish(seen("L2", "SF contacts"), Map.of("L2", Membership.ASKS));
        assertThat(list("L2").word()).isEqualTo("dismissed");

        lists.join(List.of("L2"), true);
        assertThat(lists.find("L2").orElseThrow().dryRun()).isTrue();
        assertThat(lists.goLive(List.of("L2", "L1"))).isEqualTo(1);
        assertThat(lists.find("L2").orElseThrow().dryRun()).isFalse();

        List<Long> waiting = acceptMany("L2", 2);
        assertThat(lists.dismiss(List.of("L2"))).isEqualTo(1);
        assertThat(lists.ids()).containsExactly("L1");
        assertThat(waiting)
                .allSatisfy(id ->
                        assertThat(ledger.get(id).orElseThrow().failureCode()).isEqualTo("list_removed"));
    }

    @Test
    void what_waits_for_a_vanished_list_is_neither_claimed_nor_late_and_does_not_age() {
        finish(seen("L2", "SF contacts"), Map.of("L2", Membership.JOINED));
        inbox.queue().settle(inbox.queue().claim(1, 1).get(0).deletions(), Confirmation.EXACT, Duration.ZERO);
        List<Long> waiting = acceptMany("L2", 2);

        finish(List.of(), Map.of(), Set.of(), Set.of("L2"));

        assertThat(list("L2").word()).isEqualTo("vanished");
        assertThat(inbox.queue().claim(10, 10)).isEmpty();
        assertThat(inbox.queue().nextDue()).isEmpty();
        assertThat(ledger.oldestPending()).isEmpty();
        assertThat(ledger.recordLists()).anyMatch(list -> list.state().equals("vanished"));
        advance(Duration.ofDays(6));
        assertThat(list("L2").retired()).isFalse();
        advance(Duration.ofDays(2));
        assertThat(list("L2").word()).isEqualTo("retired");
        assertThat(list("L2").askedToday()).isFalse();
        finish(List.of(), Map.of(), Set.of(), Set.of(), Set.of("L2"));
        assertThat(list("L2").askedToday()).isTrue();

        finish(seen("L2", "SF contacts"), Map.of(), Set.of("L2"), Set.of());

        assertThat(list("L2").word()).isEqualTo("active");
        assertThat(coverage("L2").swept()).as("it is swept again").isFalse();
        assertThat(coverage("L2").historyOpen()).as("and checked for presence").isTrue();
        inbox.session().heartbeat();
        List<Batch> claimed = inbox.queue().claim(10, 10);
        assertThat(ids(claimed)).containsExactlyInAnyOrderElementsOf(waiting);
        inbox.queue().postpone(claimed.get(0).deletions(), Duration.ZERO, REFUSED, Queue.Postponement.FAILED);
        assertThat(ledger.get(waiting.get(0)).orElseThrow().state()).isEqualTo(DeletionState.PENDING);
    }

    @Test
    void only_to_forget_a_vanished_list_cancels_what_waits_for_it() {
        finish(seen("L2", "SF contacts"), Map.of("L2", Membership.JOINED));
        List<Long> waiting = acceptMany("L2", 2);
        assertThat(lists.forget(List.of("L2"), "kim")).isEqualTo(new Forgotten(0, 0));
        finish(List.of(), Map.of(), Set.of(), Set.of("L2", "L1"));

        assertThat(lists.forget(List.of("L2", "L1"), "kim").lists()).isEqualTo(2);

        assertThat(waiting).allSatisfy(id -> {
            Ledger.Entry entry = ledger.get(id).orElseThrow();
            assertThat(entry.state()).isEqualTo(DeletionState.CANCELLED);
            assertThat(entry.failureCode()).isEqualTo("list_gone");
            assertThat(entry.settledBy()).isEqualTo("kim");
        });
        assertThat(lists.ids()).isEmpty();
        lists.serve(RULES, SCOPE, Duration.ofDays(7));
        assertThat(lists.ids()).as("also one that the configuration names").isEmpty();

        finish(
                List.of(listed("L1", "One"), listed("L2", "SF contacts")),
                Map.of("L1", Membership.CONFIGURED, "L2", Membership.ASKS));

        assertThat(lists.ids()).containsExactly("L1");
        assertThat(list("L2").word()).isEqualTo("asks");
    }

    @Test
    void a_look_up_is_due_once_when_it_is_ordered_and_again_after_a_while() {
        assertThat(lists.begin()).isFalse();
        lists.order();
        assertThat(lists.begin()).isTrue();
        lists.fail("no page", Duration.ofSeconds(30));
        assertThat(lists.state().error()).isEqualTo("no page");
        assertThat(lists.begin()).isFalse();
        advance(Duration.ofSeconds(30));
        assertThat(lists.begin()).isTrue();
        lists.finish(
                new Found(List.of(), Map.of(), false, Set.of(), Set.of(), Set.of(), Set.of(), "too many", "a slip"),
                AGAIN);
        assertThat(lists.state().error()).isEmpty();
        assertThat(lists.state().trouble()).isEqualTo("too many");
        assertThat(lists.state().notice()).isEqualTo("a slip");
        assertThat(lists.begin()).isFalse();
        advance(AGAIN);
        assertThat(lists.begin()).isTrue();
        lists.finish(new Found(List.of(), Map.of(), false, Set.of(), Set.of(), Set.of(), Set.of(), "", ""), null);
        advance(Duration.ofDays(9));
        assertThat(lists.begin()).isFalse();
    }

    void finish(List<ListedList> seen, Map<String, Membership> members) {
        finish(seen, members, Set.of(), Set.of());
    }

    private void finish(
            List<ListedList> seen, Map<String, Membership> members, Set<String> back, Set<String> vanished) {
        finish(seen, members, back, vanished, Set.of());
    }

    private void finish(
            List<ListedList> seen,
            Map<String, Membership> members,
            Set<String> back,
            Set<String> vanished,
            Set<String> asked) {
        lists.order();
        assertThat(lists.begin()).isTrue();
        lists.finish(new Found(seen, members, false, back, vanished, asked, Set.of(), "", ""), AGAIN);
    }

    static List<ListedList> seen(String id, String name) {
        return List.of(listed(id, name));
    }

    private static ListedList listed(String id, String name) {
        return new ListedList(id, name, "EXTERNAL", "ACCEPTED", 7L);
    }

    private FoundList list(String id) {
        return lists.all().stream()
                .filter(list -> list.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    ListCoverage coverage(String id) {
        return inbox.recordLists().coverage().stream()
                .filter(list -> list.recordList().equals(id))
                .findFirst()
                .orElseThrow();
    }
}
