package io.recordsync.inbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.inbox.Alerts.Told;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** What people were told, and by whom, whatever the database. */
abstract class AlertsContract extends OnEitherDatabase {

    @Test
    void of_each_subject_the_last_that_was_told_is_known_after_a_restart() {
        Told down = new Told("guard", true, START, 0, START.plusSeconds(5));
        Told letters = new Told("dead-letters", true, START, 3, START.plusSeconds(6));
        inbox.alerts().tell(down);
        inbox.alerts().tell(letters);
        Told up = new Told("guard", false, START.plusSeconds(60), 0, START.plusSeconds(65));
        inbox.alerts().tell(up);

        assertThat(Inbox.open(store, SETTINGS).alerts().told()).containsExactly(letters, up);
    }

    @Test
    void of_two_processes_one_tells_until_it_leaves_or_its_session_is_over() {
        Inbox other = Inbox.open(store, SETTINGS);
        assertThat(inbox.alerts().take()).isTrue();
        assertThat(other.alerts().take()).isFalse();
        assertThat(inbox.alerts().take()).isTrue();

        inbox.alerts().leave();
        assertThat(other.alerts().take()).isTrue();
        assertThat(inbox.alerts().take()).isFalse();
        inbox.alerts().leave();
        assertThat(other.alerts().take()).as("who does not tell leaves nothing").isTrue();

        advance(SESSION_TTL);
        inbox.session().heartbeat();
        assertThat(inbox.alerts().take())
                .as("the other one is silent for too long")
                .isTrue();
    }

    @Test
    void nothing_is_known_at_first() {
        assertThat(inbox.alerts().told()).isEmpty();
        Instant at = Instant.ofEpochMilli(1);
        inbox.alerts().tell(new Told("stream", true, at, 0, at));
        assertThat(inbox.alerts().told()).hasSize(1);
    }
}
