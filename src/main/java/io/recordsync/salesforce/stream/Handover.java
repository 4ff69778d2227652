package io.recordsync.salesforce.stream;

import com.salesforce.eventbus.protobuf.FetchResponse;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import io.recordsync.deletion.StreamPosition;
import io.recordsync.deletion.StreamReport.State;
import io.recordsync.delivery.Backoff;
import io.recordsync.inbox.SubscriptionLostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The handing over of one response after the other, each until it is accepted.
 *
 * <p>However long that takes: beyond the limit within which Salesforce wants another request, the stream is closed meanwhile. Used by
 * one thread.
 */
final class Handover {

    private static final Logger LOG = LoggerFactory.getLogger(Handover.class);

    private final SalesforceStreamEndpoint endpoint;
    private final Acceptor acceptor;
    private final ScheduledExecutorService watchdog;
    private final Backoff backoff;
    private final Wait wait;

    Handover(
            SalesforceStreamEndpoint endpoint,
            Acceptor acceptor,
            ScheduledExecutorService watchdog,
            Backoff backoff,
            Wait wait) {
        this.endpoint = endpoint;
        this.acceptor = acceptor;
        this.watchdog = watchdog;
        this.backoff = backoff;
        this.wait = wait;
    }

    /**
     * Hands a response over until it is accepted. Only one whose schema cannot be had is given up, then or when a new login or
     * a person is needed: nothing of it was accepted, it comes again, and the connection to ask on may be what is broken.
     *
     * @return whether the stream is still open
     */
    boolean accept(FetchResponse response, StreamPosition safe, EventSource events, BlockingClientCall<?, ?> call)
            throws Exception {
        AtomicBoolean open = new AtomicBoolean(true);
        ScheduledFuture<?> close = watchdog.schedule(
                () -> {
                    open.set(false);
                    call.cancel("accepting takes too long", null);
                },
                endpoint.getAcceptLimit().toMillis(),
                TimeUnit.MILLISECONDS);
        try {
            for (int attempt = 1; ; attempt++) {
                try {
                    acceptor.accept(new StreamResponse(events.decoded(), safe));
                    return open.get();
                } catch (SubscriptionLostException | InterruptedException e) {
                    throw e;
                } catch (Exception e) {
                    if (FetchWindow.tooLarge(e)) {
                        // Camel makes an exception of an Error.
                        throw e;
                    }
                    if (e instanceof StatusException end && (!open.get() || endsStream(StreamFailure.of(end)))) {
                        throw e;
                    }
                    Duration delay = backoff.after(attempt);
                    String error = "A response of " + response.getEventsCount() + " events cannot be accepted yet: "
                            + StreamEnds.describe(e, endpoint) + "; nothing is acknowledged, tried again in "
                            + delay.toMillis() + " ms";
                    endpoint.getStreamStatus().became(State.CONNECTED, error);
                    LOG.warn(error);
                    if (wait.stopsWithin(delay, safe)) {
                        throw new StreamEndedException("Stopped before a response could be accepted: it comes again");
                    }
                }
            }
        } finally {
            close.cancel(false);
        }
    }

    /** Asked for a schema on the same stream again, Salesforce would say the same. */
    private static boolean endsStream(StreamFailure failure) {
        return failure.wantsNewLogin() || failure.kind().waitsLong();
    }

    /** Takes a response in durably, or throws: then it is handed over again. */
    interface Acceptor {
        void accept(StreamResponse response) throws Exception;
    }

    /** The events of a response, read again at every attempt to accept them. */
    interface EventSource {
        List<StreamEvent> decoded() throws Exception;
    }

    /** A wait that keeps the subscription. */
    interface Wait {
        /** @return whether the subscriber was stopped meanwhile */
        boolean stopsWithin(Duration time, StreamPosition position) throws InterruptedException;
    }
}
