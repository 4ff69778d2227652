package io.recordsync.config;

import java.time.Duration;

/**
 * Callbacks of people whose records were deleted.
 *
 * @param period how often they are looked for
 * @param most as many are cancelled in one run; above it none is
 * @param scope of tokens of their own, words separated by blanks
 */
public record CallbackSettings(CallbackMode mode, Duration period, int most, String scope) {

    /** Whether they are looked at at all. */
    public boolean on() {
        return mode != CallbackMode.OFF;
    }
}
