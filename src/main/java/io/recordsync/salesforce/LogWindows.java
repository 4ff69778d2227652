package io.recordsync.salesforce;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The delete log of one entity, asked window by window (getDeleted): which window to ask for next, and what the answers prove.
 *
 * <p>Salesforce refuses a window that starts before what its log holds <em>or</em> ends after what it covers yet, with one code
 * for both (INVALID_REPLICATION_DATE). The stretch that it knows is then searched for: window after window until one is
 * answered, and from there to either end by bisection, to the minute. All of the stretch is asked for; what is left out at the
 * start is unproven, at the end not yet covered. A window with too many ids is asked for in smaller ones. Times are whole
 * minutes, for the log ignores seconds. Not thread-safe.
 */
final class LogWindows {

    /** getDeleted wants start and end more than a minute apart. */
    static final Duration MIN_WINDOW = Duration.ofMinutes(2);

    private static final Duration MINUTE = Duration.ofMinutes(1);
    /** Of what is wanted: where the stretch that is known may lie, it is looked for in parts no smaller. */
    private static final int SMALLEST_PART = 16;

    private final Instant start;
    private final Instant end;

    /** Windows to try while nothing was answered; the first is the whole. */
    private final Deque<Window> tries = new ArrayDeque<>();
    /** What the answers cover, without a gap; null until one came. */
    private Instant from;

    private Instant until;
    /** The latest start, and the earliest end, that were refused; null when none was. */
    private Instant startRefused;

    private Instant endRefused;
    private Duration width;
    private boolean searched;
    private boolean startReached;
    private boolean endReached;
    private Instant earliestDate = Instant.MIN;

    /** What to ask for: from inclusive, until exclusive. */
    record Window(Instant from, Instant until) {

        Duration width() {
            return Duration.between(from, until);
        }
    }

    /** @param start at least {@link #MIN_WINDOW} before {@code end} */
    LogWindows(Instant start, Instant end) {
        this.start = start;
        this.end = end;
        this.width = Duration.between(start, end);
        tries.add(new Window(start, end));
    }

    boolean unfinished() {
        return from == null ? !tries.isEmpty() : !(startReached && endReached);
    }

    Window window() {
        if (from == null) {
            return tries.element();
        }
        if (!endReached) {
            Instant to = earlier(endRefused == null ? end : middle(until, endRefused), until.plus(width));
            return new Window(earlier(until, to.minus(MIN_WINDOW)), to);
        }
        Instant at = later(startRefused == null ? start : middle(startRefused, from), from.minus(width));
        return new Window(at, later(from, at.plus(MIN_WINDOW)));
    }

    /**
     * The window was answered.
     *
     * @param earliest the answer's {@code earliestDateAvailable}
     * @param latest its {@code latestDateCovered}; it covers no more than the window, whatever it says
     */
    void answered(Instant earliest, Instant latest) {
        Window window = window();
        Instant covered = earlier(latest, window.until());
        earliestDate = later(earliestDate, earliest);
        if (from == null) {
            from = window.from();
            until = later(covered, from);
            startReached = from.equals(start);
            endReached = coversNoMore(window, covered);
        } else if (!endReached) {
            until = later(until, covered);
            endReached = coversNoMore(window, covered);
            endReached |= endFound();
        } else if (covered.isBefore(from)) {
            // A gap: what lies before it is unproven.
            startReached = true;
        } else {
            from = earlier(from, window.from());
            startReached = !from.isAfter(start) || startFound();
        }
    }

    /** Whether all is covered, or the log lags behind: what is later than it covers is asked for by the next sweep. */
    private boolean coversNoMore(Window window, Instant covered) {
        return covered.isBefore(window.until()) || !covered.isBefore(end);
    }

    /**
     * The window has more ids than an answer may have.
     *
     * @param parts into which it is divided
     * @return whether smaller ones can be asked for
     */
    boolean tooMany(int parts) {
        Window window = window();
        Duration part = minutes(window.width().dividedBy(parts));
        if (part.compareTo(MIN_WINDOW) < 0) {
            return false;
        }
        width = part;
        if (from == null) {
            // Nothing says yet that the log knows it: the walk begins at its start.
            tries.remove();
            tries.push(new Window(window.from(), window.from().plus(part)));
        }
        return true;
    }

    /** The window starts too early, or ends too late. @return whether another one can be asked for */
    boolean outOfRange() {
        Window window = window();
        if (from == null) {
            tries.remove();
            if (!searched) {
                searched = true;
                search();
            }
            return !tries.isEmpty();
        }
        if (!endReached) {
            endRefused = window.until();
            endReached = endFound();
        } else {
            startRefused = window.from();
            startReached = startFound();
        }
        return true;
    }

    /**
     * Windows some of which the log knows, unless what it knows is short and lies far back: each half as long as the one
     * before, towards the end; then halves, quarters, eighths and sixteenths.
     */
    private void search() {
        Duration wanted = Duration.between(start, end);
        for (Duration back = wanted;
                back.compareTo(MIN_WINDOW.multipliedBy(2)) >= 0;
                back = minutes(back.dividedBy(2))) {
            tries.add(new Window(end.minus(back), end.minus(minutes(back.dividedBy(2)))));
        }
        for (int parts = 2; parts <= SMALLEST_PART; parts *= 2) {
            Duration part = minutes(wanted.dividedBy(parts));
            for (int i = 0; i < parts && part.compareTo(MIN_WINDOW) >= 0; i++) {
                Instant to = end.minus(part.multipliedBy(i));
                tries.add(new Window(to.minus(part), to));
            }
        }
    }

    private boolean endFound() {
        return endRefused != null && Duration.between(until, endRefused).compareTo(MINUTE) <= 0;
    }

    private boolean startFound() {
        return startRefused != null && Duration.between(startRefused, from).compareTo(MINUTE) <= 0;
    }

    Instant start() {
        return start;
    }

    /** From here on everything is covered; the end of what was wanted when nothing is. */
    Instant provenFrom() {
        return from == null ? end : later(from, earliestDate);
    }

    /** Up to here everything is covered; the start of what was wanted when nothing is. */
    Instant coveredUntil() {
        return from == null ? start : until;
    }

    /** A whole minute after the first and before the second, if there is one. */
    private static Instant middle(Instant one, Instant other) {
        return one.plus(minutes(Duration.between(one, other).dividedBy(2)));
    }

    private static Duration minutes(Duration duration) {
        Duration whole = duration.truncatedTo(ChronoUnit.MINUTES);
        return whole.compareTo(MINUTE) < 0 ? MINUTE : whole;
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }
}
