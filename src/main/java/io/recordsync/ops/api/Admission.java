package io.recordsync.ops.api;

import io.recordsync.config.OpsSettings;
import io.recordsync.ops.api.AccessRule.Request;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.auth.User;
import io.vertx.ext.web.RoutingContext;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpConstants;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who is let in, at the server: every request for the page and the API is asked here before any of its body is read, so that no route
 * is open by mistake.
 *
 * <p>It asks the {@link AccessRule} and the {@link Logins}. Who was let in goes with the request to its route, as the user of
 * Vert.x. It runs on the event loop, which it never holds up. Thread-safe.
 */
final class Admission implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Admission.class);
    /** The header in which Camel hands on the user of Vert.x. */
    static final String LET_IN = VertxPlatformHttpConstants.AUTHENTICATED_USER;

    private static final String LOGIN = "login";
    private static final Duration LOOK = Duration.ofSeconds(1);
    /** At a cost of 10 some 60 ms each. */
    private static final int MAX_WAITING = 32;

    private final AccessRule rule;
    private final KnownUsers users;
    private final Logins logins;
    private final ThreadPoolExecutor verifying;
    private final ScheduledExecutorService looking;
    private final WrongPasswords wrongPasswords = new WrongPasswords(System::nanoTime);

    /** @throws IllegalArgumentException when the file of users cannot be used */
    Admission(OpsSettings settings) {
        rule = new AccessRule(settings.host(), settings.askForPassword(), settings.allowedHosts());
        users = new KnownUsers(settings, Clock.systemUTC());
        int threads = Runtime.getRuntime().availableProcessors() > 2 ? 2 : 1;
        verifying = new ThreadPoolExecutor(
                threads,
                threads,
                30,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(MAX_WAITING),
                daemons("recordsync-passwords"));
        verifying.allowCoreThreadTimeOut(true);
        logins = new Logins(settings, users, verifying);
        looking = users.areSet() ? Executors.newSingleThreadScheduledExecutor(daemons("recordsync-users")) : null;
        if (looking != null) {
            looking.scheduleWithFixedDelay(this::look, LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private static ThreadFactory daemons(String name) {
        AtomicInteger count = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, name + "-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    private void look() {
        try {
            users.look();
        } catch (RuntimeException e) {
            // Else it would be the last look.
            LOG.error("The users of ops.users could not be looked at; those who are known stay so", e);
        }
    }

    /** Lets a request go on, or answers it. */
    void guard(RoutingContext context) {
        HttpServerRequest request = context.request();
        // Set at the response itself: Camel's filter drops Cache-Control from a message.
        request.response().putHeader("Cache-Control", "no-store").putHeader("X-Content-Type-Options", "nosniff");
        Request asked = asked(request);
        try {
            rule.checkHost(asked);
        } catch (Refusal refusal) {
            refuse(context, refusal);
            return;
        }
        CompletableFuture<Optional<Login>> found = logins.find(request.headers().getAll("Authorization"));
        if (found.isDone()) {
            decide(context, asked, found);
            return;
        }
        request.pause();
        io.vertx.core.Context loop = context.vertx().getOrCreateContext();
        found.whenComplete((login, failure) -> loop.runOnContext(turn -> {
            if (!request.response().closed()) {
                decide(context, asked, found);
            }
        }));
    }

    private void decide(RoutingContext context, Request asked, CompletableFuture<Optional<Login>> found) {
        try {
            Login login = found.join()
                    .orElseThrow(() -> Refusal.of(
                            401,
                            "HTTP basic credentials are missing or wrong: see ops.user, ops.password and ops.users"));
            rule.checkForm(asked, login.mayChange());
            letIn(context, login);
        } catch (Refusal refusal) {
            refuse(context, refusal);
            return;
        } catch (CompletionException e) {
            if (e.getCause() instanceof Refusal refusal) {
                refuse(context, refusal);
            } else {
                context.fail(e.getCause());
            }
            return;
        }
        context.next();
    }

    /** Vert.x 4 has no other way to say it that is public. */
    @SuppressWarnings("deprecation")
    private static void letIn(RoutingContext context, Login login) {
        context.setUser(User.create(new JsonObject().put(LOGIN, login)));
    }

    private void refuse(RoutingContext context, Refusal refusal) {
        HttpServerRequest request = context.request();
        // A browser asks without a password first.
        if (refusal.status() != 401 || !request.headers().contains("Authorization")) {
            ProblemAnswer.write(refusal, request.response());
            return;
        }
        request.pause();
        Duration delay = wrongPasswords.add(request.remoteAddress().hostAddress());
        context.vertx().setTimer(delay.toMillis(), timer -> {
            if (!request.response().closed()) {
                ProblemAnswer.write(refusal, request.response());
            }
        });
    }

    private static Request asked(HttpServerRequest request) {
        MultiMap headers = request.headers();
        return new Request(
                request.method().name(),
                headers.getAll("Host"),
                headers.getAll("Content-Type"),
                headers.getAll("Origin"));
    }

    /**
     * Who was let in with a request that has come to its route.
     *
     * @param letIn what the request bears in the header {@link #LET_IN}: what a caller sends in one of that name is a text
     * @throws Refusal when nobody was, or the user has been removed since
     */
    static Login of(Object letIn) {
        if (letIn instanceof User user
                && user.principal().getValue(LOGIN) instanceof Login login
                && login.holds().getAsBoolean()) {
            return login;
        }
        throw Refusal.of(401, "HTTP basic credentials are missing, or no longer right; nothing was changed");
    }

    @Override
    public void close() {
        verifying.shutdownNow();
        if (looking != null) {
            looking.shutdownNow();
        }
    }
}
