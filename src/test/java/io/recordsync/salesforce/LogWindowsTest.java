package io.recordsync.salesforce;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Of a log that knows a stretch alone, all of the stretch is asked for, and nothing else is taken for proven. */
class LogWindowsTest {

    private static final Instant START = Instant.parse("2026-11-24T00:00:00Z");

    /** A log that refuses a start before {@code from} and an end after {@code until}, in minutes since {@link #START}. */
    private record Log(int from, int until, int maxMinutes) {}

    /** What was asked for, and answered. */
    private final List<LogWindows.Window> answered = new ArrayList<>();

    private int questions;

    @Test
    void a_log_that_knows_all_is_asked_once() {
        LogWindows windows = ask(new Log(0, 960, 960), 960);

        assertThat(questions).isEqualTo(1);
        assertThat(windows.provenFrom()).isEqualTo(START);
        assertThat(windows.coveredUntil()).isEqualTo(at(960));
    }

    /** The end is not covered yet, and the start lies before what the log holds: one code for both. */
    @Test
    void the_stretch_that_is_known_is_found_from_both_ends() {
        LogWindows windows = ask(new Log(360, 950, 960), 960);

        assertThat(windows.provenFrom()).isEqualTo(at(360));
        assertThat(windows.coveredUntil()).isEqualTo(at(950));
        assertThat(questions).isLessThan(40);
    }

    @Test
    void a_log_that_lags_behind_is_not_asked_again() {
        LogWindows windows = new LogWindows(START, at(960));

        windows.answered(Instant.MIN, at(900));

        assertThat(windows.unfinished()).isFalse();
        assertThat(windows.coveredUntil()).isEqualTo(at(900));
    }

    @Test
    void a_log_that_knows_nothing_is_given_up() {
        LogWindows windows = ask(new Log(-10, -5, 960), 21_600);

        assertThat(questions).isLessThan(50);
        assertThat(windows.coveredUntil()).isEqualTo(START);
        assertThat(windows.provenFrom()).isEqualTo(at(21_600));
    }

    /** However short it is, beside what is wanted. */
    @Property
    void the_last_hours_are_found_although_the_last_minutes_are_not_covered(
            @ForAll @IntRange(min = 600, max = 21_600) int wanted,
            @ForAll @IntRange(min = 0, max = 90) int uncovered,
            @ForAll @IntRange(min = 400, max = 500) int known) {
        questions = 0;

        LogWindows windows = ask(new Log(wanted - known, wanted - uncovered, 30_000), wanted);

        assertThat(windows.provenFrom()).isEqualTo(at(wanted - known));
        assertThat(windows.coveredUntil()).isEqualTo(at(wanted - uncovered));
        assertThat(questions).isLessThan(90);
    }

    @Test
    void an_answer_that_begins_later_than_it_was_asked_for_proves_no_more() {
        LogWindows windows = new LogWindows(START, at(960));

        windows.answered(at(10), at(960));

        assertThat(windows.provenFrom()).isEqualTo(at(10));
    }

    /** The stretch is at least a quarter of what is wanted: a shorter one may lie between the windows that are tried. */
    @Property(tries = 2000)
    void all_of_a_stretch_is_asked_for_and_no_gap_is_left(
            @ForAll @IntRange(min = 32, max = 21_600) int wanted,
            @ForAll @IntRange(min = 0, max = 1000) int begin,
            @ForAll @IntRange(min = 0, max = 1000) int length,
            @ForAll @IntRange(min = 3, max = 30_000) int maxMinutes) {
        answered.clear();
        questions = 0;
        int shortest = Math.max(8, wanted / 4 + 4);
        int from = (wanted - shortest) * begin / 1000;
        int until = from + shortest + (wanted - shortest - from) * length / 1000;
        int most = Math.max(maxMinutes, wanted / 100 + 2);

        LogWindows windows = ask(new Log(from, until, most), wanted);

        assertThat(windows.provenFrom()).isEqualTo(at(from));
        assertThat(windows.coveredUntil()).isEqualTo(at(until));
        for (int minute = from; minute < until; minute++) {
            Instant now = at(minute);
            assertThat(answered)
                    .as("minute " + minute)
                    .anyMatch(window -> !now.isBefore(window.from()) && now.isBefore(window.until()));
        }
    }

    private LogWindows ask(Log log, int minutes) {
        LogWindows windows = new LogWindows(START, at(minutes));
        while (windows.unfinished()) {
            LogWindows.Window window = windows.window();
            assertThat(window.width()).isGreaterThanOrEqualTo(LogWindows.MIN_WINDOW);
            assertThat(window.from()).isAfterOrEqualTo(START);
            assertThat(window.until()).isBeforeOrEqualTo(at(minutes));
            assertThat(++questions).as("it comes to an end").isLessThan(1_000);
            if (window.from().isBefore(at(log.from())) || window.until().isAfter(at(log.until()))) {
                if (!windows.outOfRange()) {
                    break;
                }
            } else if (window.width().compareTo(Duration.ofMinutes(log.maxMinutes())) > 0) {
                assertThat(windows.tooMany(2)).isTrue();
            } else {
                windows.answered(Instant.MIN, window.until());
                answered.add(window);
            }
        }
        return windows;
    }

    private static Instant at(int minute) {
        return START.plus(Duration.ofMinutes(minute));
    }
}
