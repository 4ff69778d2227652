package io.recordsync.salesforce.stream;

import java.util.Locale;

/**
 * How many events are asked for at a time, and how large a response to them may be.
 *
 * <p>A response that is too large for the heap is asked for again with half as many events, down to one; one event that is too
 * large alone is skimmed: read without its payload ({@link SkimmedResponses}). What was made smaller grows again, twofold, after
 * every {@value #MAX_OUTSTANDING} events that were accepted: a replay costs the org's delivery allocation. Not thread-safe.
 */
final class FetchWindow {

    /** The Pub/Sub API's limit of events that are asked for and not accepted. */
    static final int MAX_OUTSTANDING = 100;

    private static final int MIB = 1024 * 1024;
    /** gRPC's own default; an event that Salesforce publishes is smaller. */
    private static final int MIN_RESPONSE_BYTES = 4 * MIB;

    private static final int MAX_RESPONSE_BYTES = 64 * MIB;
    /** gRPC's bytes, protobuf's and the ids that are read from them are in memory at the same time. */
    private static final int HEAP_SHARE = 16;

    private final int maxResponseBytes;
    private int events = MAX_OUTSTANDING;
    private int acceptedHere;
    private boolean skimming;

    FetchWindow(long maxHeapBytes) {
        this.maxResponseBytes =
                (int) Math.max(MIN_RESPONSE_BYTES, Math.min(MAX_RESPONSE_BYTES, maxHeapBytes / HEAP_SHARE));
    }

    /** How many events the first request of a stream asks for. */
    int events() {
        return events;
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
     * @return how many events more than these may be asked for now
     */
    int accepted(int count, boolean leftOut) {
        if (skimming) {
            // What was left out must lie behind the position: a stream that opens before it would be too large again.
            acceptedHere = leftOut ? 0 : acceptedHere + count;
            skimming = leftOut || count > 0 && acceptedHere < MAX_OUTSTANDING;
            acceptedHere = skimming ? acceptedHere : 0;
            return 0;
        }
        acceptedHere += count;
        if (acceptedHere < MAX_OUTSTANDING || events == MAX_OUTSTANDING) {
            return 0;
        }
        int more = Math.min(events, MAX_OUTSTANDING - events);
        events += more;
        acceptedHere = 0;
        return more;
    }
}
