package io.recordsync.salesforce.stream;

import io.recordsync.salesforce.stream.StreamFailure.Kind;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What about a stream needs a person: an ERROR once, while it lasts.
 *
 * <p>It is what the failure says itself; that new access tokens are refused again and again; or that whatever refuses gives no code
 * of Salesforce's, and that lasts. Used by one thread.
 */
final class StreamAlarm {

    private static final Logger LOG = LoggerFactory.getLogger(StreamAlarm.class);

    /** One may have been revoked a moment after it was granted. */
    private static final int MAX_REFUSED_TOKENS = 3;

    private static final Duration MAX_UNEXPLAINED = Duration.ofMinutes(5);

    private static final String TOKENS_REFUSED = "refused tokens";

    private final String channelName;
    private final LongSupplier nanoTime;
    /** What was logged as an ERROR. */
    private String raised;

    private boolean flowed;
    private int refusedTokens;
    /** When whatever gives no code began to refuse; null while nothing does. */
    private Long unexplainedSince;

    StreamAlarm(String channelName, LongSupplier nanoTime) {
        this.channelName = channelName;
        this.nanoTime = nanoTime;
    }

    /** The stream is open, or nothing is to be read here. */
    void flows() {
        if (raised != null) {
            LOG.info("Stream of {} is open again; {} is over", channelName, raised);
            raised = null;
        }
        flowed = true;
        refusedTokens = 0;
        unexplainedSince = null;
    }

    /** It ended so. */
    void ended(StreamFailure failure) {
        if (failure.kind().needsPerson()) {
            raise(failure.code(), failure.description());
        }
        if (failure.wantsNewLogin()) {
            // The first one after a stream that was open is the one that it was opened with.
            refusedTokens += flowed ? 0 : 1;
        } else {
            refusedTokens = 0;
        }
        flowed = false;
        if (refusedTokens >= MAX_REFUSED_TOKENS) {
            raise(
                    TOKENS_REFUSED,
                    "Salesforce grants access tokens, and Pub/Sub refused " + MAX_REFUSED_TOKENS
                            + " new ones in a row: " + failure.description()
                            + "; check that the app has the scope api, that"
                            + " its user may use the API (API Enabled), and the session settings of the org (IP addresses)");
        }
        unexplained(failure);
    }

    /** What has no code may be anything: what is away comes back, what refuses for long does not. */
    private void unexplained(StreamFailure failure) {
        if (!failure.unexplained()) {
            unexplainedSince = null;
            return;
        }
        long now = nanoTime.getAsLong();
        if (unexplainedSince == null) {
            unexplainedSince = now;
        } else if (raised == null && now - unexplainedSince >= MAX_UNEXPLAINED.toNanos()) {
            raise(
                    failure.code(),
                    "it is refused for " + MAX_UNEXPLAINED.toMinutes()
                            + " minutes without a reason of Salesforce's own: " + failure.description()
                            + "; is a proxy or firewall in between?");
        }
    }

    /** There is no token, until a person fixes something. */
    void refusedLogin(String words) {
        raise(words, words);
    }

    /** Whether it stands in the log, and need not be said once more. */
    boolean isRaised(String what) {
        return what.equals(raised);
    }

    /** Whether it is tried seldom now. */
    boolean waitsLong(Kind kind) {
        return kind.waitsLong() || kind == Kind.CREDENTIALS && isRaised(TOKENS_REFUSED);
    }

    void raise(String what, String words) {
        if (!what.equals(raised)) {
            raised = what;
            LOG.error(
                    "Stream of {} cannot be read until it is fixed: {}; Salesforce keeps its events for 72 hours",
                    channelName,
                    words);
        }
    }
}
