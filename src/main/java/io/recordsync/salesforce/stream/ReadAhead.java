package io.recordsync.salesforce.stream;

import com.salesforce.eventbus.protobuf.FetchRequest;
import com.salesforce.eventbus.protobuf.FetchResponse;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntFunction;

/**
 * What has arrived of one stream and is not accepted yet: a thread of its own reads the stream, and asks for the next events as
 * soon as the {@link FetchWindow} allows.
 *
 * <p>Where so many bytes are held that the window is full it stops reading, and what Salesforce sends waits in the network. The
 * end of the stream is reported after everything that arrived before it. {@link #take} and {@link #accepted} are called in turns,
 * by one thread.
 */
final class ReadAhead implements AutoCloseable {

    /** Of an open stream that is read, the network takes a request at once. */
    private static final Duration WRITE_PATIENCE = Duration.ofSeconds(1);

    private final BlockingClientCall<FetchRequest, FetchResponse> call;
    private final FetchWindow window;
    private final IntFunction<FetchRequest> request;
    private final Thread reader;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<FetchResponse> arrived = new ArrayDeque<>();

    private int arrivedEvents;
    private int takenEvents;
    private long heldBytes;
    private long takenBytes;
    /** Requested and not delivered. */
    private int outstanding;

    private Throwable end;
    private boolean closed;

    /**
     * Begins to read.
     *
     * @param outstanding how many events were requested when the stream was opened
     * @param request a request for so many more
     */
    ReadAhead(
            BlockingClientCall<FetchRequest, FetchResponse> call,
            FetchWindow window,
            int outstanding,
            IntFunction<FetchRequest> request) {
        this.call = call;
        this.window = window;
        this.outstanding = outstanding;
        this.request = request;
        this.reader = new Thread(this::read, "salesforce-stream-reader");
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * What has arrived, in order; at least one response, and only one where it is large.
     *
     * @return empty when nothing has arrived in time
     * @throws Exception what ended the stream, once all that arrived before it was taken
     */
    List<FetchResponse> take(Duration patience) throws Exception {
        lock.lockInterruptibly();
        try {
            requestMore();
            long left = patience.toNanos();
            while (arrived.isEmpty()) {
                if (end != null) {
                    throw ended();
                }
                if (left <= 0) {
                    return List.of();
                }
                left = changed.awaitNanos(left);
            }
            List<FetchResponse> taken = new ArrayList<>();
            do {
                FetchResponse next = arrived.remove();
                taken.add(next);
                arrivedEvents -= next.getEventsCount();
                takenEvents += next.getEventsCount();
                takenBytes += next.getSerializedSize();
            } while (!arrived.isEmpty() && takenBytes + arrived.peek().getSerializedSize() <= window.maxHeldBytes());
            requestMore();
            return taken;
        } finally {
            lock.unlock();
        }
    }

    private Exception ended() {
        if (end instanceof Error error) {
            throw error;
        }
        return (Exception) end;
    }

    /** What was taken is accepted. */
    void accepted() throws InterruptedException {
        lock.lock();
        try {
            takenEvents = 0;
            heldBytes -= takenBytes;
            takenBytes = 0;
            requestMore();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    long heldBytes() {
        lock.lock();
        try {
            return heldBytes;
        } finally {
            lock.unlock();
        }
    }

    private void read() {
        try {
            while (awaitRoom()) {
                FetchResponse response = call.read();
                if (response == null) {
                    throw new StreamEndedException("Salesforce completed the stream");
                }
                arrived(response);
            }
        } catch (Throwable e) {
            // An Error too: whoever accepts decides what it means.
            end(e);
        }
    }

    /** @return false once closed */
    private boolean awaitRoom() throws InterruptedException {
        lock.lock();
        try {
            while (!closed && heldBytes > 0 && heldBytes >= window.maxHeldBytes()) {
                changed.await();
            }
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    private void arrived(FetchResponse response) throws InterruptedException {
        lock.lock();
        try {
            arrived.add(response);
            arrivedEvents += response.getEventsCount();
            heldBytes += response.getSerializedSize();
            outstanding = Math.max(0, outstanding - response.getEventsCount());
            requestMore();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void end(Throwable e) {
        lock.lock();
        try {
            end = e;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * With the lock held. A stream that has ended takes no request, and gRPC reports its end only after what had arrived was read:
     * the reader finds out how it ended. Where the network takes none in time, the next response or the next look asks again.
     */
    private void requestMore() throws InterruptedException {
        int more = window.mayRequest(outstanding, arrivedEvents, takenEvents);
        if (more == 0 || end != null || closed) {
            return;
        }
        try {
            if (call.write(request.apply(more), WRITE_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                outstanding += more;
            }
        } catch (TimeoutException | StatusException e) {
            // See above.
        }
    }

    /** Ends the stream, and the reading of it. */
    @Override
    public void close() {
        call.cancel("unsubscribed", null);
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            reader.join(TimeUnit.SECONDS.toMillis(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
