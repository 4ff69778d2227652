package io.recordsync.ops.alerts;

import io.recordsync.inbox.Alerts.Told;
import io.recordsync.ops.alerts.Notice.State;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * One check, as it was seen and as it was told: knows what is to be told next.
 *
 * <p>It is told to be down when it has been so for a while, or was so three times within that; and to be well again when it has been
 * so for that long. The more often it was told to be down within an hour, the longer it must be well. Not thread-safe.
 */
final class Watched {

    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration MAX_QUIET = Duration.ofMinutes(30);
    private static final Duration MIN_QUIET_OF_FLAPPING = Duration.ofSeconds(30);
    private static final int FLAPPING_SPELLS = 3;

    private final String check;
    private final Duration after;
    private final Deque<Instant> downsTold = new ArrayDeque<>();

    private Told told;
    /** How many are known to people: more of them are told, but not each. */
    private long amountTold;

    private Notice refused;

    private boolean down;
    private String words = "";
    private long amount;
    /** The first time of those that came and went without a rest. */
    private Instant firstDown;

    private Instant downSince;
    private Instant upSince;
    private int spells;

    /** @param after how long it must be as it is */
    Watched(String check, Duration after) {
        this.check = check;
        this.after = after;
    }

    /** What people know of it from before. */
    void know(Told last) {
        told = last;
        amountTold = last.amount();
        downsTold.clear();
        if (last.down()) {
            downsTold.add(last.at());
        }
    }

    /**
     * How it is now.
     *
     * @param words of what is wrong; where nothing is, what to say of that, or nothing
     */
    void see(boolean isDown, String words, long amount, Instant now) {
        if (isDown && !down) {
            boolean rested = upSince == null || !now.isBefore(upSince.plus(after.multipliedBy(2))) || firstDown == null;
            firstDown = rested ? now : firstDown;
            spells = rested ? 1 : spells + 1;
            downSince = now;
        }
        if (!isDown && (down || upSince == null)) {
            upSince = now;
        }
        down = isDown;
        this.words = words;
        this.amount = amount;
        amountTold = Math.min(amountTold, amount);
    }

    /** Null where there is nothing to tell. */
    Notice due(Instant now) {
        Notice due = isDownTold() ? whileDownIsTold(now) : whileUpIsTold(now);
        return due == null || isRefused(due) ? null : due;
    }

    private boolean isDownTold() {
        return told != null && told.down();
    }

    private Notice whileUpIsTold(Instant now) {
        if (!down) {
            return null;
        }
        boolean lasts = lasted(downSince, after, now);
        boolean flaps = spells >= FLAPPING_SPELLS && lasted(firstDown, after, now);
        if (!lasts && !flaps) {
            return null;
        }
        String often = spells > 1 ? " (it has come and gone, %s times since %s)".formatted(spells, firstDown) : "";
        return new Notice(check, State.DOWN, words + often, spells > 1 ? firstDown : downSince, amount);
    }

    private Notice whileDownIsTold(Instant now) {
        if (down) {
            boolean more = amount > amountTold && lasted(told.at(), HOUR, now);
            return more ? new Notice(check, State.DOWN, words, told.since(), amount) : null;
        }
        if (upSince == null || !lasted(upSince, quiet(now), now)) {
            return null;
        }
        String lasting = "It was down for " + inWords(Duration.between(told.since(), upSince));
        return new Notice(check, State.UP, words.isEmpty() ? lasting : words + ". " + lasting, upSince, 0);
    }

    /** How long it must be well before that is told. */
    private Duration quiet(Instant now) {
        downsTold.removeIf(at -> lasted(at, HOUR, now));
        int often = downsTold.size();
        if (often <= 1) {
            return after;
        }
        Duration base = after.compareTo(MIN_QUIET_OF_FLAPPING) > 0 ? after : MIN_QUIET_OF_FLAPPING;
        Duration grown = base.multipliedBy(1L << Math.min(often - 1, 16));
        return grown.compareTo(MAX_QUIET) < 0 ? grown : MAX_QUIET;
    }

    /** People know. @return to be remembered */
    Told tell(Notice notice, Instant now) {
        told = new Told(check, notice.isDown(), notice.since(), notice.amount(), now);
        amountTold = notice.amount();
        refused = null;
        if (notice.isDown()) {
            downsTold.add(now);
        }
        return told;
    }

    /** It is never sent again. */
    void refuse(Notice notice) {
        refused = notice;
    }

    private boolean isRefused(Notice due) {
        return refused != null
                && refused.state() == due.state()
                && refused.since().equals(due.since())
                && refused.amount() == due.amount();
    }

    private static boolean lasted(Instant since, Duration time, Instant now) {
        return !now.isBefore(since.plus(time));
    }

    private static String inWords(Duration time) {
        long seconds = Math.max(0, time.toSeconds());
        return seconds < 120 ? seconds + " s" : seconds < 7200 ? seconds / 60 + " min" : seconds / 3600 + " h";
    }
}
