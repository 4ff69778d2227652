package io.recordsync.ops.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.deletion.StreamReport;
import io.recordsync.delivery.Backoff;
import io.recordsync.inbox.Alerts;
import io.recordsync.inbox.InboxException;
import io.recordsync.ops.alerts.Posted.Fate;
import io.recordsync.ops.health.Health.Said;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Once for each change, and not for what comes and goes. */
class AlertingTest {

    private static final Instant START = Instant.parse("2026-03-01T08:00:00Z");
    private static final Duration AFTER = Duration.ofMinutes(1);

    private final MovingClock clock = new MovingClock();
    private final Memory memory = new Memory();
    private final Map<String, Said> says = new LinkedHashMap<>();
    private final List<String> told = new ArrayList<>();
    private StreamReport.State stream = StreamReport.State.CONNECTED;
    private long parked;
    private List<String> asking = List.of();
    private Posted answer = new Posted(null, Fate.TAKEN, 200, "", Optional.empty());
    private int posts;
    private Alerting alerting = alerting();

    /** It stands still until it is moved. */
    private static final class MovingClock extends Clock {

        private Instant now = START;

        void advance(Duration by) {
            now = now.plus(by);
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException("always UTC");
        }
    }

    /** What is in the inbox, while that answers. */
    private static final class Memory implements Alerts {

        private final Map<String, Told> told = new LinkedHashMap<>();
        private boolean away;
        private boolean others;

        @Override
        public boolean take() {
            require();
            return !others;
        }

        @Override
        public void leave() {
            require();
        }

        @Override
        public List<Told> told() {
            require();
            return List.copyOf(told.values());
        }

        @Override
        public void tell(Told last) {
            require();
            told.put(last.subject(), last);
        }

        private void require() {
            if (away) {
                throw new InboxException("away", null);
            }
        }
    }

    private Alerting alerting() {
        return new Alerting(
                true,
                () -> List.copyOf(says.values()),
                List.of(
                        new Waiting(
                                "dead-letters",
                                () -> new Waiting.Amount(parked, parked + " are parked"),
                                "None is parked"),
                        Waiting.listsThatAsk(() -> asking)),
                () -> new StreamReport("/data/ContactChangeEvent", stream, null, null, null, START, Map.of()),
                memory,
                AFTER,
                new Backoff(Duration.ofSeconds(10), Duration.ofMinutes(10)),
                clock);
    }

    private void down(String check) {
        says.put(check, new Said(check, false, check + " is not well"));
    }

    private void up(String check) {
        says.put(check, new Said(check, true, ""));
    }

    private void unknown(String check) {
        says.put(check, new Said(check, null, ""));
    }

    /** Time passes, with a look every five seconds, as the route does. */
    private void pass(Duration time) {
        for (long second = 0; second < time.toSeconds(); second += 5) {
            clock.advance(Duration.ofSeconds(5));
            look();
        }
    }

    private void look() {
        Notice notice = alerting.look();
        while (notice != null) {
            posts++;
            if (answer.fate() == Fate.TAKEN) {
                told.add(notice.check() + " " + notice.state() + ": " + notice.words());
            }
            notice = alerting.heed(
                    new Posted(notice, answer.fate(), answer.status(), answer.words(), answer.askedFor()));
        }
    }

    @Test
    void a_change_is_told_once_when_it_has_lasted_and_so_is_the_way_back() {
        up("stream");
        pass(Duration.ofMinutes(5));
        assertThat(told).isEmpty();

        down("stream");
        pass(Duration.ofSeconds(60));
        assertThat(told).isEmpty();
        pass(Duration.ofMinutes(10));
        assertThat(told).containsExactly("stream DOWN: stream is not well");

        up("stream");
        pass(Duration.ofHours(2));
        assertThat(told).containsExactly("stream DOWN: stream is not well", "stream UP: It was down for 11 min");
    }

    @Test
    void what_is_well_again_before_it_was_told_is_not_told() {
        down("delivery");
        pass(Duration.ofSeconds(40));
        up("delivery");
        pass(Duration.ofHours(1));

        assertThat(told).isEmpty();
    }

    @Test
    void what_comes_and_goes_is_told_once_until_it_rests() {
        for (int i = 0; i < 60; i++) {
            down("delivery");
            pass(Duration.ofSeconds(30));
            up("delivery");
            pass(Duration.ofSeconds(30));
        }

        assertThat(told).hasSize(1);
        assertThat(told.get(0)).startsWith("delivery DOWN: delivery is not well (it has come and gone, 3 times since ");
        pass(Duration.ofHours(1));
        assertThat(told).hasSize(2);
    }

    @Test
    void the_more_often_it_was_told_the_longer_it_must_be_well() {
        for (int i = 0; i < 12; i++) {
            down("stream");
            pass(Duration.ofMinutes(3));
            up("stream");
            pass(Duration.ofMinutes(3));
        }

        assertThat(told).as("of 24 changes in 72 minutes").hasSizeLessThanOrEqualTo(8);
    }

    @Test
    void what_a_person_decides_about_is_told_at_once() {
        up("guard");
        look();
        down("guard");
        look();
        assertThat(told).containsExactly("guard DOWN: guard is not well");

        parked = 2;
        look();
        assertThat(told).hasSize(2).contains("dead-letters DOWN: 2 are parked");
    }

    @Test
    void more_dead_letters_are_told_after_an_hour_and_the_end_of_them_at_once() {
        parked = 2;
        look();
        parked = 3;
        pass(Duration.ofMinutes(50));
        assertThat(told).hasSize(1);
        parked = 5;
        pass(Duration.ofMinutes(15));
        assertThat(told).hasSize(2).last().isEqualTo("dead-letters DOWN: 5 are parked");
        pass(Duration.ofHours(3));
        assertThat(told).hasSize(2);

        parked = 0;
        look();
        assertThat(told).hasSize(3);
        assertThat(told.get(2)).startsWith("dead-letters UP: None is parked. It was down for ");
    }

    @Test
    void a_list_that_asks_is_told_with_its_name_and_that_none_asks_any_more() {
        asking = List.of("SF March");
        look();
        pass(Duration.ofMinutes(10));
        asking = List.of();
        look();

        assertThat(told).hasSize(2);
        assertThat(told.get(0))
                .isEqualTo(
                        "record-lists-ask DOWN: 1 record list asks to join: a person has to decide (on the page, or POST"
                                + " /api/record-lists/join or /api/record-lists/dismiss): SF March");
        assertThat(told.get(1))
                .startsWith("record-lists-ask UP: No record list asks to join any more. It was down for ");
    }

    @Test
    void the_words_of_what_waits_count_it() {
        assertThat(Waiting.deadLetters(() -> 1).now().get().words()).startsWith("1 deletion is parked: ");
        assertThat(Waiting.deadLetters(() -> 7).now().get().words()).startsWith("7 deletions are parked: ");
        List<String> many = java.util.stream.IntStream.range(0, 30)
                .mapToObj(i -> "list-" + i)
                .toList();
        assertThat(Waiting.listsThatAsk(() -> many).now().get().words())
                .startsWith("30 record lists ask to join: ")
                .endsWith("list-18, list-19, …");
    }

    @Test
    void what_is_not_known_changes_nothing() {
        down("stream");
        pass(Duration.ofMinutes(2));
        unknown("stream");
        pass(Duration.ofMinutes(20));
        assertThat(told).hasSize(1);
    }

    @Test
    void a_restart_tells_nothing_twice_and_says_what_has_come_back() {
        down("stream");
        pass(Duration.ofMinutes(2));
        parked = 4;
        look();
        told.clear();

        alerting = alerting();
        pass(Duration.ofMinutes(30));
        assertThat(told).isEmpty();

        alerting = alerting();
        up("stream");
        parked = 0;
        pass(Duration.ofMinutes(2));
        assertThat(told).hasSize(2).anyMatch(line -> line.startsWith("stream UP: It was down for 3"));
    }

    @Test
    void a_process_that_stands_by_or_is_not_the_one_tells_nothing_and_tells_on_from_what_the_other_told() {
        stream = StreamReport.State.STANDBY;
        down("stream");
        pass(Duration.ofMinutes(10));
        assertThat(told).isEmpty();

        stream = StreamReport.State.CONNECTED;
        memory.others = true;
        pass(Duration.ofMinutes(10));
        assertThat(told).isEmpty();

        memory.others = false;
        memory.told.put("stream", new Alerts.Told("stream", true, START, 0, START));
        pass(Duration.ofMinutes(10));
        assertThat(told).isEmpty();
        up("stream");
        pass(Duration.ofMinutes(10));
        assertThat(told).hasSize(1);
    }

    @Test
    void a_database_that_is_away_is_told_by_the_one_that_told_last_and_noted_when_it_is_back() {
        up("store");
        look();
        memory.away = true;
        down("store");
        pass(Duration.ofMinutes(2));
        assertThat(told).containsExactly("store DOWN: store is not well");
        assertThat(memory.told).isEmpty();

        memory.away = false;
        look();
        assertThat(memory.told.get("store").down()).isTrue();
        pass(Duration.ofMinutes(5));
        assertThat(told).hasSize(1);
    }

    @Test
    void a_webhook_that_is_away_is_tried_again_more_and_more_slowly_and_gets_what_is_true_then() {
        answer = new Posted(null, Fate.AGAIN, 503, "The webhook answered 503", Optional.empty());
        down("stream");
        down("sweep");
        pass(Duration.ofHours(1));
        assertThat(posts).isBetween(6, 20);
        assertThat(alerting.trouble()).contains("The webhook answered 503; nobody is told of what changes");

        up("sweep");
        pass(Duration.ofMinutes(2));
        answer = new Posted(null, Fate.TAKEN, 200, "", Optional.empty());
        pass(Duration.ofMinutes(11));
        assertThat(told).containsExactly("stream DOWN: stream is not well");
        assertThat(alerting.trouble()).isEmpty();
        assertThat(alerting.report().lastError()).isNull();
        assertThat(alerting.report().lastFailedAt()).isNotNull();
    }

    @Test
    void a_retry_after_is_waited_for() {
        answer = new Posted(null, Fate.AGAIN, 429, "The webhook answered 429", Optional.of(Duration.ofMinutes(30)));
        down("guard");
        pass(Duration.ofMinutes(29));

        assertThat(posts).isOne();
        assertThat(alerting.trouble()).as("it may pass").isEmpty();
    }

    @Test
    void a_message_that_was_refused_is_sent_once_until_something_changes() {
        answer = new Posted(null, Fate.REFUSED, 404, "The webhook answered 404: it was removed", Optional.empty());
        down("stream");
        pass(Duration.ofHours(5));
        assertThat(posts).isOne();
        assertThat(alerting.trouble())
                .hasValueSatisfying(words -> assertThat(words).contains("404"));

        alerting = alerting();
        pass(Duration.ofMinutes(5));
        assertThat(posts).as("another start tries it").isEqualTo(2);

        answer = new Posted(null, Fate.TAKEN, 200, "", Optional.empty());
        down("guard");
        pass(Duration.ofMinutes(5));
        assertThat(told).containsExactly("guard DOWN: guard is not well");
        assertThat(alerting.trouble()).isEmpty();
    }

    @Test
    void that_nobody_is_told_is_not_told() {
        down("alerts");
        pass(Duration.ofHours(1));
        assertThat(posts).isZero();
    }
}
