package io.recordsync.faults;

import java.time.Duration;

/**
 * The time scale of the report: every waiting time of both sides, and of the simulators, is divided by one factor, so that
 * five minutes of an outage are {@code 300 / 20 = 15} seconds here.
 */
final class Scale {

    static final int FACTOR = 20;

    private Scale() {}

    /** A time of the real world, as it is here. */
    static Duration of(Duration real) {
        return real.dividedBy(FACTOR);
    }

    static String millis(Duration real) {
        return Long.toString(of(real).toMillis());
    }
}
