package io.recordsync.ops.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.LoggedLines;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class WrongPasswordsTest {

    private final AtomicLong now = new AtomicLong();
    private final WrongPasswords wrong = new WrongPasswords(now::get);

    @Test
    void the_wait_doubles_with_each_one_from_an_address_up_to_a_limit() {
        for (int millis : new int[] {100, 200, 400, 800, 1600, 2000, 2000}) {
            assertThat(wrong.add("10.0.0.1")).hasMillis(millis);
        }
        for (int i = 0; i < 100; i++) {
            wrong.add("10.0.0.1");
        }
        assertThat(wrong.add("10.0.0.1")).isEqualTo(WrongPasswords.MAX_DELAY);
    }

    @Test
    void another_address_begins_anew() {
        wrong.add("10.0.0.1");
        wrong.add("10.0.0.1");

        assertThat(wrong.add("10.0.0.2")).isEqualTo(WrongPasswords.FIRST_DELAY);
    }

    @Test
    void after_a_while_without_one_it_is_forgotten() {
        wrong.add("10.0.0.1");
        wrong.add("10.0.0.1");
        now.addAndGet(WrongPasswords.MEMORY.plus(Duration.ofSeconds(1)).toNanos());

        assertThat(wrong.add("10.0.0.1")).isEqualTo(WrongPasswords.FIRST_DELAY);
    }

    @Test
    void each_one_is_a_line_in_the_log_up_to_a_number_a_minute_and_the_rest_is_counted() {
        try (LoggedLines log = LoggedLines.of(WrongPasswords.class)) {
            for (int i = 0; i < WrongPasswords.MAX_LINES_A_MINUTE + 5; i++) {
                wrong.add("10.0.0.1");
            }
            assertThat(log.lines()).hasSize(WrongPasswords.MAX_LINES_A_MINUTE);
            assertThat(log.lines().get(1))
                    .isEqualTo("WARN Wrong user or password for the page or the API from 10.0.0.1, number 2 within 10"
                            + " minutes of each other");

            now.addAndGet(Duration.ofSeconds(61).toNanos());
            wrong.add("10.0.0.2");

            assertThat(log.lines()).hasSize(WrongPasswords.MAX_LINES_A_MINUTE + 1);
            assertThat(log.lines().get(WrongPasswords.MAX_LINES_A_MINUTE))
                    .contains("10.0.0.2")
                    .endsWith("; 5 more, from anywhere, were not logged");
        }
    }

    @Test
    void the_address_that_was_met_last_is_the_last_to_be_forgotten_where_there_are_too_many() {
        wrong.add("first");
        wrong.add("second");
        for (int i = 0; i < WrongPasswords.MAX_ADDRESSES - 2; i++) {
            wrong.add("address " + i);
        }
        wrong.add("first");
        wrong.add("one more");

        assertThat(wrong.add("first")).isGreaterThan(WrongPasswords.FIRST_DELAY.multipliedBy(2));
        assertThat(wrong.add("second")).isEqualTo(WrongPasswords.FIRST_DELAY);
    }
}
