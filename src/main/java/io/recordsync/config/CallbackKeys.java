package io.recordsync.config;

import static io.recordsync.config.Form.durationAtLeast;
import static io.recordsync.config.Form.matching;
import static io.recordsync.config.Form.wholeNumber;
import static io.recordsync.config.Form.word;
import static io.recordsync.config.Table.rarely;

import java.time.Duration;

/** The keys of callbacks. They enter the table where {@link Keys} names them first. */
final class CallbackKeys {

    static final Key<CallbackMode> MODE = rarely(
            "talkdesk.callbacks",
            "off",
            word(CallbackMode.class),
            "What becomes of callbacks still to be made whose record is gone: nothing, they are reported, or those of deleted"
                    + " people are cancelled.");
    static final Key<Duration> PERIOD = rarely(
            "talkdesk.callbacks.period",
            "15m",
            durationAtLeast(Duration.ofSeconds(1)),
            "How often callbacks are looked for; after deletions they are sooner.");
    static final Key<Integer> MOST = rarely(
            "talkdesk.callbacks.most",
            "100",
            wholeNumber(1, 1_000_000),
            "The most callbacks that one run cancels; above it none is.");
    static final Key<String> SCOPE = rarely(
            "talkdesk.callbacks.scope",
            "schedule-callbacks:read schedule-callbacks:write",
            matching("scopes separated by blanks", "[\\w.:-]+( [\\w.:-]+)*"),
            "The scopes to ask for, by tokens of their own: one that was not granted stops nothing else.");

    private CallbackKeys() {}
}
