package io.recordsync.delivery;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What this process knows of each record list: what it refused in a row, and how long it is left alone.
 *
 * <p>The inbox holds the suspensions for all processes; these spare the batches that were claimed before. Thread-safe.
 */
final class ListHealth {

    private final int maxRefusals;
    private final Clock clock;
    private final Map<String, Refusals> refusals = new HashMap<>();
    private final Map<String, Suspension> suspensions = new HashMap<>();
    private final Set<String> taken = new HashSet<>();

    /** @param maxRefusals lone items refused in a row with one code, from which on the mistake is ours */
    ListHealth(int maxRefusals, Clock clock) {
        this.maxRefusals = maxRefusals;
        this.clock = clock;
    }

    /** A lone item was refused; whether the list refuses everything. */
    synchronized boolean refused(String recordList, String code) {
        Refusals before = refusals.get(recordList);
        int inARow = before != null && before.code().equals(code) ? before.inARow() + 1 : 1;
        refusals.put(recordList, new Refusals(code, inARow));
        return inARow >= maxRefusals;
    }

    /** The suspension that a failure of the list asks for now. */
    synchronized Suspension suspension(String recordList, Backoff backoff) {
        Suspension before = suspensions.get(recordList);
        // Calls that were in flight together fail together: that is one failure, not four.
        int inARow = before == null ? 1 : suspended(recordList) ? before.inARow() : before.inARow() + 1;
        Duration pause = backoff.after(inARow);
        return new Suspension(clock.instant().plus(pause), pause, inARow);
    }

    /** Whether the list was not suspended before. */
    synchronized boolean suspend(String recordList, Suspension suspension) {
        return suspensions.put(recordList, suspension) == null;
    }

    synchronized boolean suspended(String recordList) {
        Suspension suspension = suspensions.get(recordList);
        return suspension != null && clock.instant().isBefore(suspension.until());
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
     * @param inARow how many times it has been, with this one
     */
    record Suspension(Instant until, Duration pause, int inARow) {}

    private record Refusals(String code, int inARow) {}
}
