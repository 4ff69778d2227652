package io.recordsync.doctor;

import io.recordsync.network.BoundedBody;
import io.recordsync.network.NetworkException;
import io.recordsync.network.Outbound;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Puts single questions over HTTP, on the way that all else goes, and repeats none of them. Thread-safe. */
public final class Asker {

    private static final int MAX_BYTES = 1 << 20;

    private final Outbound outbound;
    private final Duration timeout;
    private final Clock clock = Clock.systemUTC();
    private final HttpClient http;

    public Asker(Outbound outbound, Duration timeout) {
        this.outbound = outbound;
        this.timeout = timeout;
        this.http = outbound.httpClient().connectTimeout(timeout).build();
    }

    /** @throws IOException when there is no answer; the message is for a person */
    public Answer get(String url, String token) throws IOException {
        return ask("GET", url, token, BodyPublishers.noBody());
    }

    /** Likewise, with a body of JSON. */
    public Answer delete(String url, String token, String json) throws IOException {
        return ask("DELETE", url, token, BodyPublishers.ofString(json));
    }

    private Answer ask(String method, String url, String token, HttpRequest.BodyPublisher body) throws IOException {
        URI uri = URI.create(url);
        HttpRequest.Builder request = outbound.request(uri)
                .method(method, body)
                .timeout(timeout)
                .header("Accept", "application/json")
                .header("Content-Type", "application/json");
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        try {
            outbound.checkProxy(uri.getHost());
            Instant before = clock.instant();
            HttpResponse<byte[]> answer = send(request.build());
            if (answer.statusCode() == 407) {
                throw new NetworkException(outbound.refused(uri.getHost(), 407));
            }
            Instant middle =
                    before.plus(Duration.between(before, clock.instant()).dividedBy(2));
            return new Answer(
                    answer.statusCode(),
                    answer.body() == null ? "" : new String(answer.body(), StandardCharsets.UTF_8),
                    answer.headers()
                            .firstValue("Date")
                            .flatMap(Asker::instant)
                            .map(its -> Duration.between(middle, its)));
        } catch (NetworkException e) {
            throw e;
        } catch (IOException e) {
            throw new IOException(
                    uri.getHost() + " is not reached: "
                            + outbound.explain(uri.getHost(), e)
                                    .orElse(e.getClass().getSimpleName()),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** The time-out of a request ends with the head of the answer. */
    private HttpResponse<byte[]> send(HttpRequest request) throws IOException, InterruptedException {
        CompletableFuture<HttpResponse<byte[]>> answer = http.sendAsync(request, BoundedBody.of(MAX_BYTES));
        try {
            return answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new HttpTimeoutException("no complete answer within " + timeout.toMillis() + " ms");
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
        } finally {
            answer.cancel(true);
        }
    }

    private static Optional<Instant> instant(String date) {
        try {
            return Optional.of(Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(date)));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
