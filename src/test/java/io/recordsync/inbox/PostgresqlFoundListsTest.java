package io.recordsync.inbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** The record lists, on PostgreSQL. */
class PostgresqlFoundListsTest extends FoundListsContract {

    @Override
    Store open(String now, UnaryOperator<DataSource> tap) {
        return TestStore.open(Postgresql.url(), "postgres", "", now, tap);
    }

    @Override
    void empty() {
        PostgresqlInboxTest.empty(store);
    }

    /** What it accepted from the stream until then was not for the list. */
    @Test
    void a_process_learns_what_another_let_join_and_has_it_swept_again() {
        Inbox other = Inbox.open(store, SETTINGS);
        FoundLists lists = other.foundLists();
        lists.serve(RULES, SCOPE, Duration.ofDays(7));
        finish(seen("L2", "SF contacts"), Map.of("L2", Membership.JOINED));
        assertThat(lists.ids()).containsExactly("L1");

        lists.reload();

        assertThat(lists.ids()).containsExactly("L1", "L2");
        assertThat(lists.named("L2")).isEqualTo("L2 (SF contacts)");
        assertThat(other.queue().claim(10, 10)).hasSize(1);
        assertThat(coverage("L2").coveredUntil()).isBefore(START.minus(ListCoverage.LOOK_BACK));
        assertThat(other.coverage().state().owed()).contains("L2");
    }
}
