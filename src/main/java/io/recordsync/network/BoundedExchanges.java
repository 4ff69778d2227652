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
import java.util.function.ToLongFunction;
import java.util.zip.ZipException;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.core5.concurrent.Cancellable;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;

/**
 * The bounds of a camel-http exchange: its time from the first byte sent to the last one read, and the bytes of its answer.
 *
 * <p>The client's own time-outs hold for each read alone: an answer of a byte a second would keep a call open without end. A
 * connection is closed at once when a bound is passed, because closing the answer would read what remains of it. Too late is a
 * {@link SocketTimeoutException}, too long an {@link UnreadableAnswerException}. Thread-safe.
 */
public final class BoundedExchanges implements HttpClientConfigurer {

    private final HttpClientConfigurer inner;
    private final Duration timeout;
    private final ToLongFunction<String> maxBytes;

    /**
     * @param inner configures the client first
     * @param timeout of the whole exchange
     * @param maxBytes of the answer to a request, by its path; counted as the caller reads them, unpacked
     */
    public BoundedExchanges(HttpClientConfigurer inner, Duration timeout, ToLongFunction<String> maxBytes) {
        this.inner = inner;
        this.timeout = timeout;
        this.maxBytes = maxBytes;
    }

    @Override
    public void configureHttpClient(HttpClientBuilder client) {
        inner.configureHttpClient(client);
        client.addExecInterceptorFirst("bounds", this::send);
    }

    private ClassicHttpResponse send(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        Call call = new Call((Cancellable) scope.originalRequest, timeout);
        try {
            ClassicHttpResponse answer = chain.proceed(request, scope);
            HttpEntity entity = answer.getEntity();
            if (entity == null) {
                call.end();
            } else {
                answer.setEntity(
                        new BoundedEntity(entity, call, answer.getCode(), maxBytes.applyAsLong(request.getPath())));
            }
            return answer;
        } catch (IOException e) {
            call.end();
            throw call.explain(e);
        } catch (HttpException | RuntimeException e) {
            call.end();
            throw e;
        }
    }

    /** An exchange, and whether its time is over. */
    private static final class Call {

        private final Cancellable exchange;
        private final Duration timeout;
        private final CompletableFuture<Boolean> late;

        Call(Cancellable exchange, Duration timeout) {
            this.exchange = exchange;
            this.timeout = timeout;
            late = new CompletableFuture<Boolean>().completeOnTimeout(true, timeout.toMillis(), TimeUnit.MILLISECONDS);
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

        IOException explain(IOException failure) {
            return late.getNow(false)
                    ? new SocketTimeoutException("no complete answer within " + timeout.toMillis() + " ms")
                    : failure;
        }
    }

    /** A gateway may declare an empty body to be packed. */
    private static UnreadableAnswerException notPacked(Call call, int status) {
        call.cut();
        return new UnreadableAnswerException(status, "a body that is not packed as it says");
    }

    private static final class BoundedEntity extends HttpEntityWrapper {

        private final Call call;
        private final int status;
        private final long maxBytes;
        private InputStream content;

        BoundedEntity(HttpEntity entity, Call call, int status, long maxBytes) {
            super(entity);
            this.call = call;
            this.status = status;
            this.maxBytes = maxBytes;
        }

        @Override
        public InputStream getContent() throws IOException {
            if (content == null) {
                content = new BoundedStream(unpacked(), call, status, maxBytes);
            }
            return content;
        }

        private InputStream unpacked() throws IOException {
            try {
                return super.getContent();
            } catch (ZipException | EOFException e) {
                throw notPacked(call, status);
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

        private final Call call;
        private final int status;
        private final long maxBytes;
        private long read;

        BoundedStream(InputStream in, Call call, int status, long maxBytes) {
            super(in);
            this.call = call;
            this.status = status;
            this.maxBytes = maxBytes;
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
                throw notPacked(call, status);
            } catch (IOException e) {
                throw call.explain(e);
            }
            if (count < 0) {
                call.end();
                return count;
            }
            read += count;
            if (read > maxBytes) {
                call.cut();
                throw new UnreadableAnswerException(status, "a body of more than " + maxBytes + " bytes");
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
            super.close();
        }
    }
}
