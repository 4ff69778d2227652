package io.recordsync.delivery;

import java.time.Instant;

/**
 * How the gate in front of the delivery stands.
 *
 * @param state {@code open}, {@code waiting}, {@code probing}, or the cause that it is shut by
 * @param reason in words; null when it is open
 * @param until when the wait ends; null when it does not wait
 */
public record GateReport(String state, String reason, Instant until) {

    public static final String OPEN = "open";

    public boolean isOpen() {
        return state.equals(OPEN);
    }
}
