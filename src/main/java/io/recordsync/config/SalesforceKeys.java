package io.recordsync.config;

import static io.recordsync.config.Form.durationAtLeast;
import static io.recordsync.config.Form.matching;
import static io.recordsync.config.Form.word;
import static io.recordsync.config.Table.rarely;

import java.time.Duration;

/** The keys of what Salesforce's REST API is asked. They enter the table where {@link Keys} names them first. */
final class SalesforceKeys {

    private static final Duration HALF_A_SECOND = Duration.ofMillis(500);

    static final Key<String> API_VERSION = rarely(
            "salesforce.api-version",
            "64.0",
            matching("a version such as 64.0", "\\d{2,3}\\.0"),
            "The version of the REST API that is asked what was deleted.");
    static final Key<Duration> TIMEOUT = rarely(
            "salesforce.timeout",
            "120s",
            durationAtLeast(HALF_A_SECOND),
            "How long a call of the REST API may take, to the last byte of the answer.");
    static final Key<Duration> DOWNLOAD_TIMEOUT = rarely(
            "salesforce.download-timeout",
            "30m",
            durationAtLeast(HALF_A_SECOND),
            "The same for the delete log, whose answer may name 600,000 records.");
    static final Key<Merged> MERGED = rarely(
            "salesforce.merged",
            "delete",
            word(Merged.class),
            "What becomes of a record that was merged into another one: it is deleted like any other, or Salesforce is asked"
                    + " first and a person decides.");

    private SalesforceKeys() {}
}
