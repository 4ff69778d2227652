package io.recordsync.salesforce.stream;

import com.salesforce.eventbus.protobuf.FetchResponse;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import io.recordsync.deletion.StreamPosition;
import io.recordsync.deletion.StreamReport.State;
import io.recordsync.delivery.Backoff;
import io.recordsync.inbox.InboxException;
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
 * The handing over of what has arrived, until it is accepted: all of it together or, where that fails, one response after the
 * other.
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

    /** A response that has arrived, and the position that is safe once it is accepted, and all before it. */
    record Arrival(FetchResponse response, StreamPosition safe) {}

    /**
     * Hands over what has arrived until it is accepted, in order. What fails together is handed over one by one, so that a
     * response that cannot be accepted yet holds up none before it; what may have been committed is handed over again as it was.
     *
     * @return whether the stream is still open
     */
    boolean accept(List<Arrival> arrivals, ResponseSource source, BlockingClientCall<?, ?> call) throws Exception {
        AtomicBoolean open = new AtomicBoolean(true);
        ScheduledFuture<?> close = watchdog.schedule(
                () -> {
                    open.set(false);
                    call.cancel("accepting takes too long", null);
                },
                endpoint.getAcceptLimit().toMillis(),
                TimeUnit.MILLISECONDS);
        try {
            accept(arrivals, source, open);
            return open.get();
        } finally {
            close.cancel(false);
        }
    }

    /**
     * Hands over until it is accepted. Only what has a schema that cannot be had is given up, then or when a new login or a person
     * is needed: nothing of it was accepted, it comes again, and the connection to ask on may be what is broken.
     */
    private void accept(List<Arrival> arrivals, ResponseSource source, AtomicBoolean open) throws Exception {
        // The inbox knows a position again that it may have saved, and no other one.
        boolean perhapsSaved = false;
        for (int attempt = 1; ; attempt++) {
            try {
                acceptor.accept(source.read(arrivals));
                return;
            } catch (SubscriptionLostException | InterruptedException e) {
                throw e;
            } catch (Exception e) {
                if (FetchWindow.tooLarge(e)) {
                    // Camel makes an exception of an Error.
                    throw e;
                }
                perhapsSaved |= outcomeUnknown(e);
                if (arrivals.size() > 1 && !perhapsSaved) {
                    LOG.debug(
                            "{} responses cannot be accepted together, each is handed over alone", arrivals.size(), e);
                    for (Arrival arrival : arrivals) {
                        accept(List.of(arrival), source, open);
                    }
                    return;
                }
                if (e instanceof StatusException end && (!open.get() || endsStream(StreamFailure.of(end)))) {
                    throw e;
                }
                waitAfter(e, attempt, arrivals);
            }
        }
    }

    private void waitAfter(Exception failure, int attempt, List<Arrival> arrivals) throws Exception {
        int events = arrivals.stream()
                .mapToInt(arrival -> arrival.response().getEventsCount())
                .sum();
        Duration delay = backoff.after(attempt);
        String error =
                "A response of " + events + " events cannot be accepted yet: " + StreamEnds.describe(failure, endpoint)
                        + "; nothing is acknowledged, tried again in " + delay.toMillis() + " ms";
        endpoint.getStreamStatus().became(State.CONNECTED, error);
        LOG.warn(error);
        if (wait.stopsWithin(delay, arrivals.get(0).safe())) {
            throw new StreamEndedException("Stopped before a response could be accepted: it comes again");
        }
    }

    private static boolean outcomeUnknown(Throwable failure) {
        for (Throwable link = failure; link != null; link = link.getCause()) {
            if (link instanceof InboxException inbox && inbox.outcomeUnknown()) {
                return true;
            }
        }
        return false;
    }

    /** Asked for a schema on the same stream again, Salesforce would say the same. */
    private static boolean endsStream(StreamFailure failure) {
        return failure.wantsNewLogin() || failure.kind().waitsLong();
    }

    /** Takes a response in durably, or throws: then it is handed over again. */
    interface Acceptor {
        void accept(StreamResponse response) throws Exception;
    }

    /** Responses as they are handed over, read again at every attempt to accept them. */
    interface ResponseSource {
        StreamResponse read(List<Arrival> arrivals) throws Exception;
    }

    /** A wait that keeps the subscription. */
    interface Wait {
        /** @return whether the subscriber was stopped meanwhile */
        boolean stopsWithin(Duration time, StreamPosition position) throws InterruptedException;
    }
}
