package io.recordsync.config;

import static io.recordsync.config.Form.durationAboveZero;
import static io.recordsync.config.Form.durationAtLeast;
import static io.recordsync.config.Form.durationBetween;
import static io.recordsync.config.Form.trueOrFalse;
import static io.recordsync.config.Form.zeroOr;
import static io.recordsync.config.Table.rarely;

import java.time.Duration;

/** The keys of the sweep. They enter the table where {@link Keys} names them first. */
final class SweepKeys {

    static final Key<Duration> PERIOD = rarely(
            "sweep.period",
            "24h",
            durationBetween(Duration.ofSeconds(10), Duration.ofDays(14)),
            "How often a sweep asks Salesforce what was deleted; Salesforce knows the last 15 days.");
    static final Key<Boolean> ON_GAP = rarely(
            "sweep.on-gap",
            "true",
            trueOrFalse(),
            "Whether a sweep also runs when the stream reports that events are missing or cannot be read.");
    static final Key<Duration> OVERLAP = rarely(
            "sweep.overlap",
            "1h",
            zeroOr(durationAtLeast(Duration.ofMinutes(1))),
            "How far before the proven instant a sweep begins, because changes become visible late.");
    static final Key<Duration> RETRY =
            rarely("sweep.retry", "60s", durationAboveZero(), "The wait before a sweep that failed runs again.");

    private SweepKeys() {}
}
