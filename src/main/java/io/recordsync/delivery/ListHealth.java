package io.recordsync.delivery;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * What this process knows of each record list: what it refused in a row, and how long it is left alone.
 *
 * <p>The inbox holds the suspensions for all processes; these spare the batches that were claimed before. A list is held up
 * where answers about it are not the dialler's: by this process alone, because what is in between may be on its way only. Times
 * go by the monotonic clock. Thread-safe.
 */
final class ListHealth {

    private final int maxRefusals;
    private final LongSupplier nanos;
    private final Map<String, Refusals> refusals = new HashMap<>();
    private final Map<String, Suspension> suspensions = new HashMap<>();
    private final Map<String, Suspension> holds = new HashMap<>();
    private final Set<String> taken = new HashSet<>();
    /** The list that the dialler itself answered about last; empty before the first. */
    private String answered = "";

    /**
     * @param maxRefusals lone items refused in a row with one code, from which on the mistake is ours
     * @param nanos {@link System#nanoTime}
     */
    ListHealth(int maxRefusals, LongSupplier nanos) {
        this.maxRefusals = maxRefusals;
        this.nanos = nanos;
    }

    /** A lone item was refused; whether the list refuses everything. */
    synchronized boolean refused(String recordList, String code) {
        Refusals before = refusals.get(recordList);
        int inARow = before != null && before.code().equals(code) ? before.inARow() + 1 : 1;
        refusals.put(recordList, new Refusals(code, inARow));
        return inARow >= maxRefusals;
    }

    /** Whether that it refuses everything has shown with the last refusal, and not before. */
    synchronized boolean refusesSinceNow(String recordList) {
        Refusals last = refusals.get(recordList);
        return last != null && last.inARow() == maxRefusals;
    }

    /** The suspension that a failure of the list asks for now. */
    synchronized Suspension suspension(String recordList, Backoff backoff) {
        return next(suspensions.get(recordList), backoff);
    }

    private Suspension next(Suspension before, Backoff backoff) {
        // Calls that were in flight together fail together: that is one failure, not four.
        int inARow = before == null ? 1 : isOn(before) ? before.inARow() : before.inARow() + 1;
        Duration pause = backoff.after(inARow);
        return new Suspension(nanos.getAsLong() + pause.toNanos(), pause, inARow);
    }

    private boolean isOn(Suspension suspension) {
        return suspension != null && suspension.until() - nanos.getAsLong() > 0;
    }

    /** Whether the list was not suspended before. */
    synchronized boolean suspend(String recordList, Suspension suspension) {
        return suspensions.put(recordList, suspension) == null;
    }

    synchronized boolean suspended(String recordList) {
        return isOn(suspensions.get(recordList));
    }

    /** The dialler itself answered about this list, whatever it said. */
    synchronized void answered(String recordList) {
        answered = recordList;
    }

    /** Whether what ails this list is not everybody's: it is held up, or the dialler has answered about another one since. */
    synchronized boolean ailsAlone(String recordList) {
        return isOn(holds.get(recordList)) || !answered.isEmpty() && !answered.equals(recordList);
    }

    /** The hold that an unreadable answer asks for now. */
    synchronized Suspension hold(String recordList, Backoff backoff) {
        return next(holds.get(recordList), backoff);
    }

    /** Whether the list was not held up before. */
    synchronized boolean holdUp(String recordList, Suspension hold) {
        return holds.put(recordList, hold) == null;
    }

    /** The list was held up, and is no more. */
    synchronized boolean letGo(String recordList) {
        return holds.remove(recordList) != null;
    }

    /** How long the list is still held up. */
    synchronized Duration heldUp(String recordList) {
        Suspension hold = holds.get(recordList);
        return isOn(hold) ? Duration.ofNanos(hold.until() - nanos.getAsLong()) : Duration.ZERO;
    }

    /** The list took a call. */
    synchronized Success succeeded(String recordList) {
        refusals.remove(recordList);
        boolean first = taken.add(recordList);
        boolean suspended = suspensions.remove(recordList) != null;
        return suspended ? Success.AFTER_SUSPENSION : first ? Success.FIRST : Success.USUAL;
    }

    /** What a success says of the list. */
    enum Success {
        USUAL,
        /** The first since this process started. */
        FIRST,
        AFTER_SUSPENSION
    }

    /**
     * How long a list is left alone.
     *
     * @param until by the monotonic clock
     * @param inARow how many times it has been, with this one
     */
    record Suspension(long until, Duration pause, int inARow) {}

    private record Refusals(String code, int inARow) {}
}
