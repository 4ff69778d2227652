package io.recordsync.salesforce.stream;

import java.util.Locale;

/**
 * How many events are asked for at a time, how many of them may be held before they are accepted, and how large they may be.
 *
 * <p>At most {@value #MAX_OUTSTANDING} events are requested and not yet delivered: the Pub/Sub API's own rule. The next ones are
 * requested when those arrive, and not when they are accepted; at most {@value #MAX_AHEAD} of them wait, beside as many that are
 * being accepted. Bytes are bounded by the heap: nothing more is read where a 64th of it is held, so that at most that, one
 * response more, and the one that gRPC is taking in are in memory; with {@code -Xmx160m} that is 2.5 + 10 + 10 MiB.
 *
 * <p>A response that is too large for the heap is asked for again with half as many events, down to one; one event that is too
 * large alone is skimmed: read without its payload ({@link SkimmedResponses}). What was made smaller grows again, twofold, after
 * every {@value #MAX_OUTSTANDING} events that were accepted: a replay costs the org's delivery allocation. While it is small, no more
 * events are asked for and not accepted than it says. Changed by one thread, asked by any.
 */
final class FetchWindow {

    /** The Pub/Sub API's limit of events that are requested and not delivered. */
    static final int MAX_OUTSTANDING = 100;
    /** Events that wait to be accepted, and those that are requested, together. */
    static final int MAX_AHEAD = 4 * MAX_OUTSTANDING;

    private static final int MIB = 1024 * 1024;
    /** gRPC's own default; an event that Salesforce publishes is smaller. */
    private static final int MIN_RESPONSE_BYTES = 4 * MIB;

    private static final int MAX_RESPONSE_BYTES = 64 * MIB;
    /** gRPC's bytes, protobuf's and the ids that are read from them are in memory at the same time. */
    private static final int HEAP_SHARE = 16;
    /** Of what is held unaccepted. */
    private static final int HELD_HEAP_SHARE = 64;

    private final int maxResponseBytes;
    private final long maxHeldBytes;
    private volatile int events = MAX_OUTSTANDING;
    private volatile boolean skimming;
    private int acceptedHere;

    FetchWindow(long maxHeapBytes) {
        this.maxHeldBytes = Math.min(MAX_RESPONSE_BYTES, maxHeapBytes / HELD_HEAP_SHARE);
        this.maxResponseBytes =
                (int) Math.max(MIN_RESPONSE_BYTES, Math.min(MAX_RESPONSE_BYTES, maxHeapBytes / HEAP_SHARE));
    }

    /** How many events the first request of a stream asks for. */
    int events() {
        return events;
    }

    /**
     * How many events may be requested now.
     *
     * @param outstanding requested and not delivered
     * @param arrived delivered, and wait
     * @param inAcceptance delivered, and being accepted
     */
    int mayRequest(int outstanding, int arrived, int inAcceptance) {
        int size = events;
        if (size < MAX_OUTSTANDING) {
            return Math.max(0, size - outstanding - arrived - inAcceptance);
        }
        return Math.max(0, Math.min(MAX_OUTSTANDING - outstanding, MAX_AHEAD - arrived - outstanding));
    }

    /** So many bytes held unaccepted stop the reading; fewer than one response where a response did not fit the heap lately. */
    long maxHeldBytes() {
        return events < MAX_OUTSTANDING ? 1 : maxHeldBytes;
    }

    /** Whether payloads above {@link #maxPayloadBytes} are left out. */
    boolean skimming() {
        return skimming;
    }

    /** What gRPC may take in as one response. */
    int maxResponseBytes() {
        return skimming ? Integer.MAX_VALUE : maxResponseBytes;
    }

    /** What is read of one event while skimming. */
    int maxPayloadBytes() {
        return maxResponseBytes;
    }

    /**
     * Whether a response was too large: gRPC did not take it in (known by its words, since it has no code for that), or the heap
     * did not hold what was made of it.
     */
    static boolean tooLarge(Throwable end) {
        for (Throwable link = end; link != null; link = link.getCause()) {
            if (link instanceof OutOfMemoryError
                    || String.valueOf(link.getMessage())
                            .toLowerCase(Locale.ROOT)
                            .contains("message exceeds maximum size")) {
                return true;
            }
        }
        return false;
    }

    /** Asks for less from the next stream on; false where nothing less can be asked for. */
    boolean shrink() {
        if (skimming) {
            return false;
        }
        skimming = events == 1;
        events = Math.max(1, events / 2);
        acceptedHere = 0;
        return true;
    }

    /**
     * A response was accepted.
     *
     * @param count its events; none in a keepalive
     * @param leftOut whether a payload of it was left out
     */
    void accepted(int count, boolean leftOut) {
        if (skimming) {
            // What was left out must lie behind the position: a stream that opens before it would be too large again.
            acceptedHere = leftOut ? 0 : acceptedHere + count;
            skimming = leftOut || count > 0 && acceptedHere < MAX_OUTSTANDING;
            acceptedHere = skimming ? acceptedHere : 0;
            return;
        }
        acceptedHere += count;
        if (acceptedHere >= MAX_OUTSTANDING && events < MAX_OUTSTANDING) {
            events = Math.min(2 * events, MAX_OUTSTANDING);
            acceptedHere = 0;
        }
    }
}
