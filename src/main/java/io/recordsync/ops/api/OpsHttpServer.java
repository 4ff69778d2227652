package io.recordsync.ops.api;

import io.recordsync.config.OpsSettings;
import io.recordsync.ops.health.Observation;
import io.recordsync.ops.health.Observation.Answer;
import io.recordsync.ops.health.Observation.Probe;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.apache.camel.CamelContext;
import org.apache.camel.Processor;
import org.apache.camel.component.platform.http.PlatformHttpComponent;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.apache.camel.component.platform.http.spi.PlatformHttpConsumer;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpConsumer;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpEngine;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpRouter;
import org.apache.camel.spi.BeanRepository;
import org.apache.camel.support.DefaultRegistry;

/**
 * The HTTP server of the page, the API, health and metrics, beside whatever server the host runs: what routes consume from {@code
 * ops-http:} is served here and nowhere else.
 *
 * <p>It is Camel's {@code platform-http} component under a scheme of ours, because a host's own {@code platform-http:} is served by
 * the host's server. Its threads are daemons: a start that fails after it leaves no process behind. Thread-safe.
 */
public final class OpsHttpServer implements AutoCloseable {

    /** The scheme of the routes. */
    public static final String SCHEME = "ops-http";

    /** What probes and agents read, by whatever name they reach us, and without a password. */
    private static final String OPEN = "/observe/";

    private static final String ROUTER = "recordsync-ops-router";
    private static final long MAX_BODY_BYTES = 1 << 20;
    private static final int MAX_HEADER_BYTES = 8 << 10;
    /** Longer than any answer takes to begin: the page waits a minute for an order. */
    private static final int MAX_IDLE_SECONDS = 180;

    private static final int MAX_REQUESTS_AT_ONCE = 64;
    /** Of those that may wait for a database. */
    private static final int MAX_WAITING_AT_ONCE = 40;
    /** Answered within a bounded time from what is known, or from the class path, whatever the database does. */
    private static final Set<String> NEVER_WAITS = Set.of("/", "/assets/{name}", "/api/status", "/api/openapi.json");

    private static final int MAX_OBSERVERS_AT_ONCE = 8;
    private static final long PATIENCE_SECONDS = 10;

    /** Vert.x would make a folder in {@code java.io.tmpdir}, or not start: it serves no file of ours. */
    private static final FileSystemOptions NO_CACHE =
            new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false);

    private final OpsSettings settings;
    private final Admission admission;
    /** Null: plain HTTP. */
    private final PageKey key;

    private final Vertx vertx;
    /** Of its own: the others may all be waiting for a database. */
    private final WorkerExecutor observing;

    private final Router router;
    private final Callers callers;
    private HttpServer server;

    /**
     * Serves nothing before {@link #listen}.
     *
     * @throws IllegalArgumentException when the file of users or the key store cannot be used
     */
    public OpsHttpServer(OpsSettings settings) {
        this.settings = settings;
        this.key = settings.enabled() && settings.tls().isSet() ? PageKey.read(settings.tls(), Instant.now()) : null;
        this.admission = new Admission(settings);
        this.vertx = Vertx.vertx(new VertxOptions()
                .setUseDaemonThread(true)
                .setWorkerPoolSize(MAX_REQUESTS_AT_ONCE)
                .setFileSystemOptions(NO_CACHE));
        this.observing = vertx.createSharedWorkerExecutor("recordsync-observe", MAX_OBSERVERS_AT_ONCE);
        this.router = Router.router(vertx);
        this.callers = new Callers(vertx, Callers.BOUNDS);
        router.route().handler(callers::begin);
        router.route().handler(context -> {
            if (context.normalizedPath().startsWith(OPEN)) {
                context.next();
            } else {
                admission.guard(context);
            }
        });
        router.route().handler(callers::serve);
    }

    /** Makes {@code ops-http:} known to a context, before any of its routes is read. */
    public void serve(CamelContext context) {
        VertxPlatformHttpRouter served = new VertxPlatformHttpRouter(null, vertx, router, ROUTER) {
            @Override
            public Handler<RoutingContext> bodyHandler() {
                return callers.within(bodies());
            }
        };
        if (context.getRegistry() instanceof DefaultRegistry registry) {
            registry.addBeanRepository(new OnlyByName(ROUTER, served));
        } else {
            context.getRegistry().bind(ROUTER, served);
        }
        PlatformHttpComponent component = new PlatformHttpComponent(context);
        component.setEngine(new Engine(settings.port()));
        context.addComponent(SCHEME, component);
    }

    private static Handler<RoutingContext> bodies() {
        BodyHandler bodies = BodyHandler.create(false).setBodyLimit(MAX_BODY_BYTES);
        return request -> {
            // Camel's consumer has stopped the reading until it knows how.
            request.request().resume();
            bodies.handle(request);
        };
    }

    /** Serves {@code /observe}, which every probe and agent may read, by GET and HEAD. */
    public void observe(Observation observation) {
        health(OPEN + "health", Probe.ALL, observation);
        health(OPEN + "health/live", Probe.LIVE, observation);
        health(OPEN + "health/ready", Probe.READY, observation);
        answer(OPEN + "metrics", request -> observation.metrics(request.getHeader("Accept")));
    }

    private void health(String path, Probe probe, Observation observation) {
        answer(path, request -> observation.health(probe, request.getParam("exposureLevel")));
    }

    private void answer(String path, Function<HttpServerRequest, Answer> answering) {
        router.route(path).method(HttpMethod.GET).method(HttpMethod.HEAD).handler(context -> observing
                .executeBlocking(() -> answering.apply(context.request()), false)
                .onSuccess(answer -> {
                    context.response().setStatusCode(answer.status()).putHeader("Content-Type", answer.contentType());
                    context.end(answer.body());
                })
                .onFailure(context::fail));
    }

    /**
     * Looks whether it could listen, if it is to.
     *
     * @param named how a person knows a key
     * @throws IllegalArgumentException when nothing can listen there, before anything has been started
     */
    public void checkFree(UnaryOperator<String> named) {
        if (!settings.enabled()) {
            return;
        }
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(settings.host(), settings.port()));
        } catch (IOException e) {
            throw new IllegalArgumentException(notFree(e, named), e);
        }
    }

    /**
     * Listens, unless it is switched off: what routes consume from {@code ops-http:} is served nowhere then.
     *
     * @throws IllegalStateException when the port has been taken meanwhile
     */
    public synchronized void listen() {
        if (!settings.enabled()) {
            return;
        }
        HttpServer starting = vertx.createHttpServer(key == null ? bounds() : key.into(bounds()))
                .connectionHandler(callers::connected)
                .requestHandler(router);
        try {
            await(starting.listen(settings.port(), settings.host()));
        } catch (IOException e) {
            throw new IllegalStateException(notFree(e, UnaryOperator.identity()), e);
        }
        server = starting;
    }

    static HttpServerOptions bounds() {
        return new HttpServerOptions()
                // One request after the other on a connection: what bounds connections bounds requests. A connection is
                // known when
                // it is opened, and not only when its first bytes have shown that it is none of HTTP/2.
                .setHttp2ClearTextEnabled(false)
                .setIdleTimeout(MAX_IDLE_SECONDS)
                .setMaxHeaderSize(MAX_HEADER_BYTES);
    }

    private String notFree(IOException e, UnaryOperator<String> named) {
        return "%s = %s cannot be listened on at %s = %s (%s): expected a port that is free"
                .formatted(
                        named.apply("ops.port"),
                        settings.port(),
                        named.apply("ops.host"),
                        settings.host(),
                        e.getMessage());
    }

    /** Where a browser finds the page, once it listens. */
    public String page() {
        String host = settings.host();
        String scheme = key == null ? "http://" : "https://";
        return scheme + (host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host) + ":" + port() + "/";
    }

    /** The port that it listens on; the configured one before it does. */
    public synchronized int port() {
        return server == null ? settings.port() : server.actualPort();
    }

    @Override
    public synchronized void close() throws IOException {
        admission.close();
        if (server != null) {
            await(server.close());
            server = null;
        }
        await(vertx.close());
    }

    private static <T> void await(Future<T> done) throws IOException {
        try {
            done.toCompletionStage().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new IOException(e.getCause().getMessage(), e.getCause());
        } catch (TimeoutException e) {
            throw new IOException("no answer of the HTTP server within " + PATIENCE_SECONDS + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /**
     * A bean that no search by type finds: the engine of a host's {@code platform-http:} looks for the one router there is, and takes
     * another port than the host's where it finds two.
     */
    private record OnlyByName(String name, Object bean) implements BeanRepository {

        @Override
        public Object lookupByName(String wanted) {
            return wanted.equals(name) ? bean : null;
        }

        @Override
        public <T> T lookupByNameAndType(String wanted, Class<T> type) {
            Object found = lookupByName(wanted);
            return type.isInstance(found) ? type.cast(found) : null;
        }

        @Override
        public <T> Map<String, T> findByTypeWithName(Class<T> type) {
            return Map.of();
        }

        @Override
        public <T> Set<T> findByType(Class<T> type) {
            return Set.of();
        }
    }

    /** Hands consumers our router. The engine it is made of would bind itself where the host's {@code platform-http:} looks. */
    private static final class Engine extends VertxPlatformHttpEngine {

        private final int port;
        private final Bulkhead bulkhead = new Bulkhead(MAX_WAITING_AT_ONCE);

        Engine(int port) {
            this.port = port;
        }

        @Override
        protected void doInit() {}

        @Override
        public PlatformHttpConsumer createConsumer(PlatformHttpEndpoint endpoint, Processor processor) {
            if (NEVER_WAITS.contains(endpoint.getPath())) {
                return new VertxPlatformHttpConsumer(endpoint, processor, List.of(), ROUTER);
            }
            return new VertxPlatformHttpConsumer(
                    endpoint, bulkhead.within(processor), List.of(bulkhead::enter), ROUTER);
        }

        @Override
        public int getServerPort() {
            return port;
        }
    }
}
