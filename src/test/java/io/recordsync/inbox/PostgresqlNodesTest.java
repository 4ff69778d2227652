package io.recordsync.inbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.inbox.Fingerprint.Difference;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** Several processes on one database: what they see of each other's configuration. A SQLite file has one process only. */
class PostgresqlNodesTest extends OnEitherDatabase {

    private static final ListScope SCOPE = new ListScope("salesforce", List.of("Contact"), List.of("003"));
    private static final Duration PERIOD = Duration.ofHours(24);

    @Override
    Store open(String now, UnaryOperator<DataSource> tap) {
        return TestStore.open(Postgresql.url(), "postgres", "", now, tap);
    }

    @Override
    void empty() {
        PostgresqlInboxTest.empty(store);
    }

    @Test
    void processes_that_are_configured_alike_see_no_difference_nor_does_one_of_an_older_release() {
        Inbox one = node("L1,L2", "20");
        Inbox other = node("L1,L2", "20");

        assertThat(one.nodes().differences()).isEmpty();
        assertThat(other.nodes().differences()).isEmpty();
        assertThat(inbox.nodes().differences()).isEmpty();
    }

    @Test
    void each_sees_in_which_keys_the_other_differs_until_that_is_gone() {
        Inbox one = node("L1,L2", "20");
        Inbox other = node("L1", "2000");

        assertThat(one.nodes().differences())
                .containsExactly(
                        new Difference("guard.max-deletions", "20", "2000"),
                        new Difference("talkdesk.record-lists", "L1,L2", "L1"));
        assertThat(other.nodes().differences())
                .extracting(Difference::key)
                .containsExactly("guard.max-deletions", "talkdesk.record-lists");

        other.session().close();
        assertThat(one.nodes().differences()).isEmpty();
    }

    @Test
    void one_that_is_silent_for_too_long_is_gone_and_seen_again_when_it_comes_back() {
        Inbox one = node("L1", "20");
        Inbox other = node("L1", "2000");
        advance(SESSION_TTL);
        one.session().heartbeat();
        assertThat(one.nodes().differences()).isEmpty();

        other.session().heartbeat();

        assertThat(one.nodes().differences()).hasSize(1);
    }

    @Test
    void what_two_processes_disagree_about_is_not_covered_until_they_agree_and_a_sweep_has_caught_up() {
        Inbox one = serving("L1,L2");
        one.intakes().subscribe(CHANNEL);
        one.coverage().begin(PERIOD);
        Instant before = START;
        advance(Duration.ofSeconds(10));

        Inbox other = serving("L1");

        assertThat(coverageOf(one, "L2")).isEqualTo(new ListCoverage("L2", null, before, null, "", true));
        assertThat(one.coverage().begin(PERIOD))
                .as("the other one goes on missing it")
                .isEmpty();
        other.session().close();
        Coverage.Sweep sweep = one.coverage().begin(PERIOD).orElseThrow();
        assertThat(sweep.lagging()).isEqualTo(Map.of("L2", before));
        one.coverage().finish(sweep, START.plusSeconds(10), true, null);
        assertThat(coverageOf(one, "L2").coveredUntil()).isNull();
    }

    @Test
    void a_list_that_joins_by_one_process_is_swept_at_once_and_again_when_the_other_has_it_too() {
        Inbox old = serving("L1");
        old.intakes().subscribe(CHANNEL);
        old.coverage().begin(PERIOD);
        Inbox fresh = serving("L1,L2");

        assertThat(old.coverage().begin(PERIOD).orElseThrow().lagging())
                .as("nothing for the list that it does not know")
                .isEmpty();
        old.coverage().fail(new Coverage.Sweep(START, START, 0, ""), "");
        Coverage.Sweep first = fresh.coverage().begin(PERIOD).orElseThrow();
        assertThat(first.lagging()).containsOnlyKeys("L2");
        fresh.coverage().finish(first, START, true, null);
        assertThat(coverageOf(fresh, "L2").coveredUntil()).isEqualTo(START);
        assertThat(coverageOf(fresh, "L2").swept()).isTrue();
        assertThat(fresh.coverage().begin(PERIOD)).isEmpty();

        old.session().close();
        Coverage.Sweep second = fresh.coverage().begin(PERIOD).orElseThrow();
        fresh.coverage().finish(second, START.plusSeconds(1), true, null);

        assertThat(coverageOf(fresh, "L2").coveredUntil()).isNull();
    }

    @Test
    void what_another_process_serves_is_neither_parked_nor_retired() {
        serving("L1,L2");
        acceptMany("L2", 3);

        Inbox other = serving("L1");

        assertThat(coverageOf(other, "L2").served()).isTrue();
        assertThat(ledger.deadLetters()).isEmpty();
    }

    @Test
    void a_secret_is_compared_and_never_kept() {
        Fingerprint one = with(Map.of("ledger.phone-key", Fingerprint.sealed("tops3cret")));
        Fingerprint other = with(Map.of("ledger.phone-key", Fingerprint.sealed("another")));

        assertThat(one.text()).doesNotContain("tops3cret");
        assertThat(one.from(with(Map.of("ledger.phone-key", Fingerprint.sealed("tops3cret")))))
                .isEmpty();
        assertThat(one.from(other)).containsExactly(new Difference("ledger.phone-key", null, null));
        assertThat(one.from(with(Map.of("ledger.phone-key", Fingerprint.sealed("")))))
                .hasSize(1);
        assertThat(Fingerprint.parse(one.text())).isEqualTo(one);
    }

    private Inbox serving(String lists) {
        Inbox node = node(lists, "20");
        node.recordLists().serve(List.of(lists.split(",")), SCOPE);
        return node;
    }

    private Inbox node(String lists, String guard) {
        return Inbox.open(
                store,
                SETTINGS,
                Tally.NONE,
                with(Map.of(Fingerprint.RECORD_LISTS, lists, "guard.max-deletions", guard)));
    }

    private static Fingerprint with(Map<String, String> values) {
        return new Fingerprint(new TreeMap<>(values));
    }

    private static ListCoverage coverageOf(Inbox node, String list) {
        return node.recordLists().coverage().stream()
                .filter(each -> each.recordList().equals(list))
                .findFirst()
                .orElseThrow();
    }
}
