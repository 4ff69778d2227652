package io.recordsync.config;

import static io.recordsync.config.Form.durationAtLeast;
import static io.recordsync.config.Form.offOr;
import static io.recordsync.config.Form.wholeNumber;
import static io.recordsync.config.Form.word;
import static io.recordsync.config.Table.rarely;

import java.time.Duration;
import java.util.Optional;

/** The keys of the presence check. They enter the table where {@link Keys} names them first. */
final class ReconcileKeys {

    static final Key<Optional<Duration>> SCHEDULE = rarely(
            "reconcile.schedule",
            "off",
            offOr(durationAtLeast(Duration.ofMinutes(1))),
            "How often the presence check reads a record list and deletes what was deleted in Salesforce.");
    static final Key<NotVisible> NOT_VISIBLE = rarely(
            "reconcile.not-visible",
            "hold",
            word(NotVisible.class),
            "What becomes of an id that Salesforce does not show, without a sign of its deletion: a person decides, or it is deleted.");
    static final Key<Integer> MAX_MISSING_PERCENT = rarely(
            "reconcile.max-missing-percent",
            "5",
            wholeNumber(0, 100),
            "With `reconcile.not-visible = delete`: the largest share of a list's ids that is deleted without a sign, in percent.");
    static final Key<Integer> MIN_JUDGED_PERCENT = rarely(
            "reconcile.min-judged-percent",
            "50",
            wholeNumber(0, 100),
            "The share of a list's records, in percent, below which a check of it is amber: too few were ours to judge.");

    private ReconcileKeys() {}
}
