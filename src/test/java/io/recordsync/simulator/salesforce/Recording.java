package io.recordsync.simulator.salesforce;

import io.grpc.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * What came in and what went out, in order.
 *
 * <p>Thread-safe. Lists are copies. Waiting is on the condition itself, and bounded: when the time is up it fails with
 * what was seen instead.
 */
public final class Recording {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Duration patience;
    private final List<Login> logins = new ArrayList<>();
    private final List<Subscribe> subscribes = new ArrayList<>();
    private final List<Fetch> fetches = new ArrayList<>();
    private final List<Response> responses = new ArrayList<>();
    private final List<StreamEnd> ends = new ArrayList<>();
    private final List<Refusal> refusals = new ArrayList<>();
    private final List<RestCall> restCalls = new ArrayList<>();
    private final List<String> schemaRequests = new ArrayList<>();
    private final Set<String> publishedDeletes = new LinkedHashSet<>();
    private final Set<String> publishedGapDeletes = new LinkedHashSet<>();

    private volatile boolean light;

    Recording(Duration patience) {
        this.patience = patience;
    }

    /** Nothing is kept of events: fetches, responses, the contacts that were deleted. */
    void light() {
        light = true;
    }

    /** A call to the token endpoint. Status 0 = never answered. */
    public record Login(Instant at, String grantType, int status, String error) {}

    /**
     * The first FetchRequest of a stream.
     *
     * @param replayId in hexadecimal, empty unless the preset is CUSTOM or one was sent all the same
     * @param refusedWith the error-code, null when the stream was opened
     */
    public record Subscribe(Instant at, int stream, String topic, String preset, String replayId, String refusedWith) {}

    /**
     * One FetchRequest, the first of a stream included.
     *
     * @param outstanding what was asked for and not delivered, this request included
     */
    public record Fetch(Instant at, int stream, int numRequested, int outstanding) {}

    /**
     * One FetchResponse handed to the network.
     *
     * @param latestReplayId in hexadecimal, as every replay id here
     */
    public record Response(
            Instant at, int stream, List<String> eventIds, List<String> replayIds, String latestReplayId, int pending) {

        public boolean isKeepalive() {
            return eventIds.isEmpty();
        }
    }

    /** The end of a stream that was open. The error code is null where none was sent. */
    public record StreamEnd(Instant at, int stream, Status.Code status, String errorCode) {}

    /** A call that was refused, be it gRPC or REST. */
    public record Refusal(Instant at, String call, String code) {}

    /** A REST call with its query decoded. */
    public record RestCall(Instant at, String path, String query, int status) {}

    public List<Login> logins() {
        return copy(logins);
    }

    public List<Subscribe> subscribes() {
        return copy(subscribes);
    }

    public List<Fetch> fetches() {
        return copy(fetches);
    }

    public List<Response> responses() {
        return copy(responses);
    }

    public List<StreamEnd> streamEnds() {
        return copy(ends);
    }

    public List<Refusal> refusals() {
        return copy(refusals);
    }

    public List<RestCall> restCalls() {
        return copy(restCalls);
    }

    public List<String> schemaRequests() {
        return copy(schemaRequests);
    }

    /** Every contact, by its 18-character id, that a well-formed and readable DELETE has named. */
    public Set<String> publishedDeletes() {
        return new LinkedHashSet<>(copy(publishedDeletes));
    }

    /** Likewise of GAP_DELETE. */
    public Set<String> publishedGapDeletes() {
        return new LinkedHashSet<>(copy(publishedGapDeletes));
    }

    /** Waits for the n-th stream that was opened (1 = the first) and returns how. */
    public Subscribe awaitSubscription(int n) {
        return awaitNth("opened subscriptions", n, () -> subscribes.stream()
                .filter(s -> s.refusedWith() == null)
                .toList());
    }

    public Fetch awaitFetch(int n) {
        return awaitNth("FetchRequests", n, () -> fetches);
    }

    public Login awaitLogin(int n) {
        return awaitNth("logins", n, () -> logins);
    }

    public Response awaitResponse(int n) {
        return awaitNth("responses", n, () -> responses);
    }

    public Response awaitKeepalive(int n) {
        return awaitNth("keepalives", n, () -> responses.stream()
                .filter(Response::isKeepalive)
                .toList());
    }

    public StreamEnd awaitStreamEnd(int n) {
        return awaitNth("ended streams", n, () -> ends);
    }

    public Refusal awaitRefusal(int n) {
        return awaitNth("refusals", n, () -> refusals);
    }

    void login(Login login) {
        change(() -> logins.add(login));
    }

    void subscribe(Subscribe subscribe) {
        change(() -> subscribes.add(subscribe));
    }

    void fetch(Fetch fetch) {
        if (light) {
            return;
        }
        change(() -> fetches.add(fetch));
    }

    void response(Supplier<Response> response) {
        if (light) {
            return;
        }
        change(() -> responses.add(response.get()));
    }

    void streamEnd(StreamEnd end) {
        change(() -> ends.add(end));
    }

    void refusal(Refusal refusal) {
        change(() -> refusals.add(refusal));
    }

    void restCall(RestCall call) {
        change(() -> restCalls.add(call));
    }

    void schemaRequest(String schemaId) {
        change(() -> schemaRequests.add(schemaId));
    }

    void published(ChangeEvent event) {
        if (light || !event.entityName().equals("Contact")) {
            return;
        }
        Set<String> told =
                switch (event.type()) {
                    case DELETE -> publishedDeletes;
                    case GAP_DELETE -> publishedGapDeletes;
                    default -> null;
                };
        if (told != null) {
            change(() -> event.recordIds().stream()
                    .filter(ContactIds::isWellFormed)
                    .map(id -> ContactIds.toEighteen(id.substring(0, 15)))
                    .forEach(told::add));
        }
    }

    private void change(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private <T> List<T> copy(Iterable<T> items) {
        lock.lock();
        try {
            List<T> copy = new ArrayList<>();
            items.forEach(copy::add);
            return copy;
        } finally {
            lock.unlock();
        }
    }

    private <T> T awaitNth(String what, int n, Supplier<List<T>> seen) {
        long left = patience.toNanos();
        lock.lock();
        try {
            while (seen.get().size() < n) {
                if (left <= 0) {
                    throw new AssertionError("Waited " + patience.toSeconds() + " s for " + n + " " + what + ", saw "
                            + seen.get().size() + ": " + seen.get() + "; refused: " + refusals + "; logins: " + logins);
                }
                left = changed.awaitNanos(left);
            }
            return seen.get().get(n - 1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("Interrupted while waiting for " + n + " " + what, e);
        } finally {
            lock.unlock();
        }
    }
}
