package io.recordsync.network;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.zip.ZipException;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.core5.concurrent.Cancellable;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;

/**
 * The way out for camel-http with bounds on the whole of an exchange: its time, from the first byte sent to the last one read, and
 * the size of the answer's body.
 *
 * <p>The client's own time-outs hold for each read alone: an answer of a byte a second would keep a call open without end. A
 * connection is closed at once when a bound is passed, because closing the answer would read what remains of it. Too late is a
 * {@link SocketTimeoutException}; a body that is too long, or not packed as its head says, is an {@link UnreadableAnswerException}.
 * Thread-safe.
 */
public final class HttpBounds implements HttpClientConfigurer {

    private final HttpClientConfigurer way;
    private final Function<String, Bounds> boundsOfPath;

    /**
     * @param time to the last byte
     * @param bytes of the body, unpacked
     */
    public record Bounds(Duration time, long bytes) {}

    /**
     * @param way configures the client first
     * @param boundsOfPath by the path of a request, without its query
     */
    public HttpBounds(HttpClientConfigurer way, Function<String, Bounds> boundsOfPath) {
        this.way = way;
        this.boundsOfPath = boundsOfPath;
    }

    @Override
    public void configureHttpClient(HttpClientBuilder client) {
        way.configureHttpClient(client);
        client.addExecInterceptorFirst("bounds", this::send);
    }

    private ClassicHttpResponse send(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        Call call = new Call((Cancellable) scope.originalRequest, boundsOfPath.apply(path(request)));
        try {
            ClassicHttpResponse answer = chain.proceed(request, scope);
            HttpEntity entity = answer.getEntity();
            if (entity == null) {
                call.end();
            } else {
                answer.setEntity(new BoundedEntity(entity, call, answer.getCode(), isStillPacked(answer)));
            }
            // Camel would unpack once more.
            answer.removeHeaders(HttpHeaders.CONTENT_ENCODING);
            return answer;
        } catch (IOException e) {
            call.end();
            throw call.explain(e);
        } catch (HttpException | RuntimeException e) {
            call.end();
            throw e;
        }
    }

    private static String path(ClassicHttpRequest request) {
        String path = request.getPath();
        int query = path.indexOf('?');
        return query < 0 ? path : path.substring(0, query);
    }

    /**
     * Whether the client did not unpack a body that says to be packed: one whose length is said to be 0, or packed in a way that
     * was not asked for. Of an error the status is enough.
     */
    private static boolean isStillPacked(ClassicHttpResponse answer) {
        Header coding = answer.getFirstHeader(HttpHeaders.CONTENT_ENCODING);
        return answer.getCode() < 300
                && coding != null
                && !coding.getValue().isBlank()
                && !coding.getValue().equalsIgnoreCase("identity");
    }

    /** An exchange, its bounds, and whether its time is over. */
    private static final class Call {

        private final Cancellable exchange;
        private final Bounds bounds;
        private final CompletableFuture<Boolean> late;

        Call(Cancellable exchange, Bounds bounds) {
            this.exchange = exchange;
            this.bounds = bounds;
            late = new CompletableFuture<Boolean>()
                    .completeOnTimeout(true, bounds.time().toMillis(), TimeUnit.MILLISECONDS);
            late.thenAccept(isLate -> {
                if (isLate) {
                    exchange.cancel();
                }
            });
        }

        void end() {
            late.complete(false);
        }

        void cut() {
            end();
            exchange.cancel();
        }

        boolean isLate() {
            return late.getNow(false);
        }

        IOException explain(IOException failure) {
            return isLate()
                    ? new SocketTimeoutException(
                            "no complete answer within " + bounds.time().toMillis() + " ms: the call was ended")
                    : failure;
        }

        UnreadableAnswerException unreadable(int status, String looks) {
            cut();
            return new UnreadableAnswerException(status, looks);
        }
    }

    private static final class BoundedEntity extends HttpEntityWrapper {

        private final Call call;
        private final int status;
        private final boolean packed;
        private InputStream content;

        /** @param packed whether the body is as it came, although its head says that it is packed */
        BoundedEntity(HttpEntity entity, Call call, int status, boolean packed) {
            super(entity);
            this.call = call;
            this.status = status;
            this.packed = packed;
        }

        @Override
        public InputStream getContent() throws IOException {
            if (content == null) {
                content = new BoundedStream(unpacked(), call, status);
            }
            return content;
        }

        private InputStream unpacked() throws IOException {
            if (packed) {
                throw call.unreadable(status, BoundedStream.NOT_PACKED);
            }
            try {
                return super.getContent();
            } catch (ZipException | EOFException e) {
                throw call.unreadable(status, BoundedStream.NOT_PACKED);
            }
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            try (InputStream in = getContent()) {
                in.transferTo(out);
            }
        }

        @Override
        public void close() throws IOException {
            call.end();
            super.close();
        }
    }

    private static final class BoundedStream extends FilterInputStream {

        /** A gateway may take away a body and leave the head that goes with it. */
        private static final String NOT_PACKED = "a body that is not packed as it says";

        private final Call call;
        private final int status;
        private long read;

        BoundedStream(InputStream in, Call call, int status) {
            super(in);
            this.call = call;
            this.status = status;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int count;
            try {
                count = in.read(buffer, offset, length);
            } catch (ZipException | EOFException e) {
                throw call.unreadable(status, NOT_PACKED);
            } catch (IOException e) {
                throw call.explain(e);
            }
            if (count < 0) {
                call.end();
                return count;
            }
            read += count;
            if (read > call.bounds.bytes()) {
                throw call.unreadable(status, "a body of more than " + call.bounds.bytes() + " bytes");
            }
            return count;
        }

        @Override
        public long skip(long count) throws IOException {
            return Math.max(0, read(new byte[(int) Math.min(count, 8192)]));
        }

        @Override
        public boolean markSupported() {
            return false;
        }

        @Override
        public void close() throws IOException {
            call.end();
            try {
                super.close();
            } catch (IOException e) {
                if (!call.isLate()) {
                    throw e;
                }
            }
        }
    }
}
