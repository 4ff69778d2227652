package io.recordsync.talkdesk;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * What this process knows of each record list: since when it refuses, and how long it is left alone.
 *
 * <p>Thread-safe. The inbox holds the suspensions for all processes; this one spares the batches that were claimed before.
 */
final class ListHealth {

    private final int mostRefusals;
    private final Clock clock;
    private final Map<String, Refusals> refusals = new HashMap<>();
    private final Map<String, Suspension> suspensions = new HashMap<>();

    /** @param mostRefusals so many lone items refused in a row with one code: then the mistake is ours */
    ListHealth(int mostRefusals, Clock clock) {
        this.mostRefusals = mostRefusals;
        this.clock = clock;
    }

    /** A lone item was refused; whether the list refuses everything. */
    synchronized boolean refused(String recordList, String code) {
        Refusals before = refusals.get(recordList);
        int inARow = before != null && before.code().equals(code) ? before.inARow() + 1 : 1;
        refusals.put(recordList, new Refusals(code, inARow));
        return inARow >= mostRefusals;
    }

    /** How many times in a row it has been suspended, with this one. */
    synchronized int suspensions(String recordList) {
        Suspension before = suspensions.get(recordList);
        return before == null ? 1 : before.inARow() + 1;
    }

    synchronized void suspend(String recordList, Duration pause) {
        suspensions.put(recordList, new Suspension(clock.instant().plus(pause), suspensions(recordList)));
    }

    synchronized boolean suspended(String recordList) {
        Suspension suspension = suspensions.get(recordList);
        return suspension != null && clock.instant().isBefore(suspension.until());
    }

    /** The list took a call; whether it had been suspended. */
    synchronized boolean succeeded(String recordList) {
        refusals.remove(recordList);
        return suspensions.remove(recordList) != null;
    }

    private record Refusals(String code, int inARow) {}

    private record Suspension(Instant until, int inARow) {}
}
