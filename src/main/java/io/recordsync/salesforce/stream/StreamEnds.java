package io.recordsync.salesforce.stream;

import io.grpc.StatusException;
import io.recordsync.delivery.Backoff;
import io.recordsync.inbox.InboxException;
import io.recordsync.inbox.SubscriptionLostException;
import io.recordsync.oauth.TokenUnavailableException;
import io.recordsync.salesforce.stream.PinnedOrg.UnknownOrgException;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the ends of a stream mean, one after the other, until it flows again: each is reported and followed by a pause.
 *
 * <p>What needs a person is an ERROR once. Used by one thread.
 */
final class StreamEnds {

    private static final Logger LOG = LoggerFactory.getLogger(StreamEnds.class);

    private final SalesforceStreamEndpoint endpoint;
    private final String channelName;
    private final StreamStatus status;
    private final Resumption resumption;
    private final FetchWindow window;
    private final StreamCuts cuts;
    private final Backoff soon;
    private final Backoff later;
    private final StreamAlarm alarm;
    private int inARow;
    private boolean known;

    StreamEnds(SalesforceStreamEndpoint endpoint, Resumption resumption, FetchWindow window, Backoff soon) {
        this.endpoint = endpoint;
        this.channelName = endpoint.getChannel();
        this.status = endpoint.getStreamStatus();
        this.resumption = resumption;
        this.window = window;
        this.cuts = new StreamCuts(channelName, System::nanoTime);
        this.alarm = new StreamAlarm(channelName, System::nanoTime);
        this.soon = soon;
        this.later = new Backoff(endpoint.getBackoffMax(), endpoint.getBackoffLong());
    }

    /** @param error what ended the stream; null where that is reported already */
    record Pause(Duration length, String error) {
        private static final Pause NONE = new Pause(Duration.ZERO, null);
    }

    /** Whether the stream has not ended since a response was accepted. */
    boolean none() {
        return inARow == 0;
    }

    /** A response was accepted, or nothing is to be read here. */
    void reset() {
        inARow = 0;
    }

    /** The stream is being opened: what ends before it is, is none. */
    void opening() {
        cuts.opening();
    }

    /** It was asked for. */
    void opened() {
        cuts.opened();
    }

    /** It has brought something. */
    void responded() {
        if (cuts.responded()) {
            status.notice(null);
            LOG.info("The stream of {} is not cut any more while it is silent", channelName);
        }
    }

    /** Whether the last end is one of many alike, and reported with them. */
    boolean known() {
        return known || cuts.named() != null;
    }

    /** The stream is open. */
    void flows() {
        alarm.flows();
    }

    /** What is to be waited after an end that is reported already. */
    Pause reported() {
        return pause(soon, null);
    }

    /** Reports an end of the stream, or that it could not be opened. */
    Pause ended(Throwable e) {
        known = false;
        if (e instanceof SubscriptionLostException) {
            // Whether another session has it is found out by asking for it again.
            LOG.info(e.getMessage());
            resumption.forget();
            status.subscribing(channelName);
            return reported();
        }
        if (FetchWindow.tooLarge(e) && window.shrink()) {
            LOG.warn(
                    "A response of {} does not fit the heap (-Xmx; up to {} bytes do): asked for again {}",
                    channelName,
                    window.maxPayloadBytes(),
                    window.skimming() ? "without what is too large" : "with at most " + window.events() + " events");
            status.subscribing(channelName);
            return Pause.NONE;
        }
        String words = describe(e, endpoint);
        Optional<String> proxyRefusal = endpoint.getOutbound().proxyRefusal().filter(words::contains);
        if (proxyRefusal.isPresent()) {
            status.ended(StreamFailure.Kind.CONFIGURATION);
            return refusedByProxy(proxyRefusal.get());
        }
        Backoff backoff = soon;
        status.ended(kindOf(e));
        if (e instanceof TokenUnavailableException login && login.refused()) {
            alarm.refusedLogin(words);
            // It stands in the log now.
            known = true;
        }
        if (e instanceof StatusException end) {
            StreamFailure failure = StreamFailure.of(end);
            alarm.ended(failure);
            backoff = alarm.waitsLong(failure.kind()) ? later : soon;
            if (failure.kind() == StreamFailure.Kind.POSITION_LOST) {
                resumption.losePosition(failure);
            }
            if (cuts.ended(failure)) {
                // It was open: at once it will be again.
                reset();
            }
            cuts.newName(failure, endpoint.getOutbound(), endpoint.target()).ifPresent(LOG::warn);
            status.notice(cuts.named());
        }
        return pause(backoff, words);
    }

    /** One refused login, and the next one only after the longest wait: more of them would lock the account. */
    private Pause refusedByProxy(String refusal) {
        alarm.raise(refusal, refusal);
        return new Pause(endpoint.getBackoffLong(), refusal);
    }

    private Pause pause(Backoff backoff, String error) {
        inARow++;
        return new Pause(backoff.after(inARow), error);
    }

    private static StreamFailure.Kind kindOf(Throwable e) {
        if (e instanceof StatusException end) {
            return StreamFailure.of(end).kind();
        }
        return e instanceof TokenUnavailableException ? StreamFailure.Kind.CREDENTIALS : StreamFailure.Kind.TRANSIENT;
    }

    /** For a person. */
    static String describe(Throwable e, SalesforceStreamEndpoint endpoint) {
        if (e instanceof StatusException end) {
            return StreamFailure.describe(end, endpoint.getOutbound(), endpoint.target());
        }
        boolean spoken = e instanceof StreamEndedException
                || e instanceof UnknownOrgException
                || e instanceof TokenUnavailableException
                || e instanceof InboxException;
        return spoken ? e.getMessage() : e.toString();
    }
}
