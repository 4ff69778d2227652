package io.recordsync.doctor;

import io.recordsync.network.HttpDate;
import io.recordsync.network.NetworkException;
import io.recordsync.network.Outbound;
import io.recordsync.network.SingleCalls;
import io.recordsync.network.Target;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** Puts single questions over HTTP, on the way that all else goes, and repeats none of them. Thread-safe. */
public final class Asker {

    private static final int MAX_BYTES = 1 << 20;

    private final Outbound outbound;
    private final Clock clock = Clock.systemUTC();
    private final SingleCalls calls;

    public Asker(Outbound outbound, Duration timeout) {
        this.outbound = outbound;
        this.calls = new SingleCalls(outbound, timeout, MAX_BYTES);
    }

    /** @throws IOException when there is no answer; the message is for a person */
    public Answer get(String url, String token) throws IOException {
        return ask("GET", url, token, null);
    }

    /** Likewise, with a body of JSON. */
    public Answer delete(String url, String token, String json) throws IOException {
        return ask("DELETE", url, token, json);
    }

    private Answer ask(String method, String url, String token, String json) throws IOException {
        URI uri = URI.create(url);
        Map<String, String> headers = new HashMap<>();
        headers.put("Accept", "application/json");
        headers.put("Content-Type", "application/json");
        if (token != null) {
            headers.put("Authorization", "Bearer " + token);
        }
        try {
            Instant before = clock.instant();
            SingleCalls.Answer answer = calls.send(method, uri, headers, json);
            Instant middle =
                    before.plus(Duration.between(before, clock.instant()).dividedBy(2));
            return new Answer(
                    answer.status(),
                    answer.body(),
                    answer.location().orElse(null),
                    answer.date().flatMap(HttpDate::read).map(its -> Duration.between(middle, its)));
        } catch (NetworkException e) {
            throw e;
        } catch (IOException e) {
            throw new IOException(
                    uri.getHost() + " is not reached: "
                            + outbound.explain(Target.of(uri), e)
                                    .orElse(e.getClass().getSimpleName()),
                    e);
        }
    }
}
