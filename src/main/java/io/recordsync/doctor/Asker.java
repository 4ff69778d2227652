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
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/** Puts single questions over HTTP, on the way that all else goes, and repeats none of them. Thread-safe. */
public final class Asker {

    private final Outbound outbound;
    private final Duration timeout;
    private final Clock clock = Clock.systemUTC();
    private static final int MAX_BYTES = 1 << 20;

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
            Instant before = clock.instant();
            HttpResponse<byte[]> answer = http.send(request.build(), BoundedBody.of(MAX_BYTES));
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

    private static Optional<Instant> instant(String date) {
        try {
            return Optional.of(Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(date)));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
