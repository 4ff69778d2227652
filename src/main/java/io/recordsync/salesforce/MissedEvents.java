package io.recordsync.salesforce;

import io.recordsync.deletion.MissedReport;
import io.recordsync.deletion.StreamReport;
import io.recordsync.deletion.StreamReport.State;
import io.recordsync.inbox.Coverage.Sweep;
import io.recordsync.inbox.Untold;
import io.recordsync.inbox.Untold.Judged;
import io.recordsync.inbox.Untold.Swept;
import java.time.Duration;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletions that a sweep found, and that a connected stream has not told within {@code stream.missed-after} of their commit.
 *
 * <p>A stream whose events have stopped looks well: its keepalives go on. What a sweep finds because the stream reported a gap
 * is no surprise, and not counted. A find that is too young to say is counted later. Thread-safe.
 */
public final class MissedEvents implements Supplier<MissedReport> {

    private static final Logger LOG = LoggerFactory.getLogger(MissedEvents.class);
    private static final int LOOKS = 10;
    private static final Duration MAX_WAIT = Duration.ofMinutes(1);

    private final Untold untold;
    private final Supplier<StreamReport> stream;
    private final Duration missedAfter;
    private final Duration wait;
    private final LongConsumer count;

    /** What an earlier process has left. */
    private boolean open = true;

    private long lookedAt;
    private long newestRow;

    /**
     * @param missedAfter {@code stream.missed-after}
     * @param count is told how many more were missed
     */
    public MissedEvents(Untold untold, Supplier<StreamReport> stream, Duration missedAfter, LongConsumer count) {
        this.untold = untold;
        this.stream = stream;
        this.missedAfter = missedAfter;
        Duration tenth = missedAfter.dividedBy(LOOKS);
        this.wait = tenth.compareTo(MAX_WAIT) < 0 ? tenth : MAX_WAIT;
        this.count = count;
        this.lookedAt = System.nanoTime() - wait.toNanos();
    }

    /** A sweep begins. */
    synchronized void begun() {
        newestRow = untold.newestRow();
    }

    /** It has come to its end. */
    synchronized void swept(Sweeping sweeping) {
        Sweep sweep = sweeping.sweep();
        if (sweep.demanded() && !sweep.isOrdered()) {
            return;
        }
        if (sweeping.goesOn()) {
            untold.sweptOn();
        } else {
            untold.swept(new Swept(newestRow, sweep.lagging().keySet(), sweeping.end()));
        }
        open = true;
        judge();
    }

    /** To be called often. */
    synchronized void look() {
        if (open && System.nanoTime() - lookedAt >= wait.toNanos()) {
            judge();
        }
    }

    /** A stream that is not connected, or has not caught up, will tell. */
    private void judge() {
        lookedAt = System.nanoTime();
        StreamReport now = stream.get();
        if (now.lastError() != null || now.state() != State.CONNECTED && now.state() != State.STANDBY) {
            return;
        }
        Judged judged = untold.judge(missedAfter);
        open = judged.open();
        if (judged.more() > 0) {
            count.accept(judged.more());
            LOG.warn(
                    "The last sweep found {} deletions that the stream, which is connected, has not told within"
                            + " stream.missed-after = {} s of their commit",
                    judged.more(),
                    missedAfter.toSeconds());
        }
    }

    @Override
    public MissedReport get() {
        return untold.report();
    }
}
