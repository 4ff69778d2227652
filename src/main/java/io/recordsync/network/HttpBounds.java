package io.recordsync.network;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
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
 * The way out for camel-http with bounds on the whole of an exchange: its time, to the last byte of the answer, and the size of
 * that.
 *
 * <p>The client's own time-outs bound one read. What is over a bound is an {@link IOException} whose message says so; the
 * connection is not used again. The size is that of the body as it is read, whatever it was compressed to. Thread-safe.
 */
public final class HttpBounds implements HttpClientConfigurer, AutoCloseable {

    private final HttpClientConfigurer way;
    private final Function<String, Bounds> boundsOfPath;
    private final ScheduledThreadPoolExecutor clock;

    /** @param time to the last byte; {@code bytes} of the body */
    public record Bounds(Duration time, long bytes) {}

    /** @param boundsOfPath by the path of a request, without its query */
    public HttpBounds(HttpClientConfigurer way, Function<String, Bounds> boundsOfPath) {
        this.way = way;
        this.boundsOfPath = boundsOfPath;
        this.clock = new ScheduledThreadPoolExecutor(1, work -> {
            Thread thread = new Thread(work, "http-bounds");
            thread.setDaemon(true);
            return thread;
        });
        clock.setRemoveOnCancelPolicy(true);
    }

    @Override
    public void configureHttpClient(HttpClientBuilder client) {
        way.configureHttpClient(client);
        client.addExecInterceptorFirst("bounds", this::send);
    }

    private ClassicHttpResponse send(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        Exchange exchange = new Exchange(boundsOfPath.apply(path(request)), scope.originalRequest);
        try {
            ClassicHttpResponse answer = chain.proceed(request, scope);
            HttpEntity entity = answer.getEntity();
            if (entity == null) {
                exchange.end();
            } else {
                answer.setEntity(new BoundedEntity(entity, exchange));
            }
            return answer;
        } catch (IOException | HttpException | RuntimeException e) {
            exchange.end();
            if (exchange.late) {
                throw exchange.tooLate();
            }
            throw e;
        }
    }

    private static String path(ClassicHttpRequest request) {
        String path = request.getPath();
        int query = path.indexOf('?');
        return query < 0 ? path : path.substring(0, query);
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }

    private final class Exchange {

        private final Bounds bounds;
        private final Object request;
        private final ScheduledFuture<?> alarm;
        private volatile boolean late;

        Exchange(Bounds bounds, ClassicHttpRequest request) {
            this.bounds = bounds;
            this.request = request;
            this.alarm = clock.schedule(this::cut, bounds.time().toMillis(), TimeUnit.MILLISECONDS);
        }

        private void cut() {
            late = true;
            // Closes the connection, wherever the other thread waits on it.
            if (request instanceof Cancellable cancellable) {
                cancellable.cancel();
            }
        }

        void end() {
            alarm.cancel(false);
        }

        IOException tooLate() {
            return new IOException("no complete answer within " + bounds.time().toMillis() + " ms: the call was ended");
        }

        IOException tooLong() {
            return new IOException("the answer is longer than " + bounds.bytes() + " bytes: not read further");
        }
    }

    private static final class BoundedEntity extends HttpEntityWrapper {

        private final Exchange exchange;

        BoundedEntity(HttpEntity entity, Exchange exchange) {
            super(entity);
            this.exchange = exchange;
        }

        @Override
        public InputStream getContent() throws IOException {
            return new BoundedStream(super.getContent(), exchange);
        }

        @Override
        public void close() throws IOException {
            exchange.end();
            super.close();
        }
    }

    private static final class BoundedStream extends FilterInputStream {

        private final Exchange exchange;
        private long left;

        BoundedStream(InputStream in, Exchange exchange) {
            super(in);
            this.exchange = exchange;
            this.left = exchange.bounds.bytes();
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int start, int length) throws IOException {
            int read;
            try {
                read = super.read(bytes, start, length);
            } catch (IOException e) {
                throw exchange.late ? exchange.tooLate() : e;
            }
            if (exchange.late) {
                throw exchange.tooLate();
            }
            if (read < 0) {
                exchange.end();
            } else if (read > left) {
                abort();
                throw exchange.tooLong();
            }
            left -= Math.max(read, 0);
            return read;
        }

        /** Closing alone would read the rest, so that the connection can be used again. */
        private void abort() {
            exchange.end();
            if (exchange.request instanceof Cancellable cancellable) {
                cancellable.cancel();
            }
        }

        @Override
        public boolean markSupported() {
            return false;
        }

        @Override
        public void close() throws IOException {
            exchange.end();
            try {
                super.close();
            } catch (IOException e) {
                if (!exchange.late) {
                    throw e;
                }
            }
        }
    }
}
