package io.recordsync.network;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.util.Timeout;

/**
 * HTTP calls by themselves, as logins and the doctor make them: each on a connection of its own, on the way that all else goes, to
 * any address of the host that takes it.
 *
 * <p>A call is bounded as a whole, to the last byte of its answer. None is repeated, and no redirect is followed. Thread-safe.
 */
public final class SingleCalls {

    private final CloseableHttpClient http;

    public SingleCalls(Outbound outbound, Duration timeout, int maxBytes) {
        HttpClientBuilder client = HttpClientBuilder.create();
        new HttpBounds(new OutboundHttp(outbound), path -> new HttpBounds.Bounds(timeout, maxBytes))
                .configureHttpClient(client);
        client.disableRedirectHandling();
        client.setConnectionReuseStrategy((request, answer, context) -> false);
        client.setConnectionManager(OutboundHttp.connections(outbound, Connecting.within(timeout)));
        client.setDefaultRequestConfig(RequestConfig.custom()
                .setResponseTimeout(Timeout.of(timeout))
                .setConnectionRequestTimeout(Timeout.of(timeout))
                .build());
        // Never closed: it holds no connection between two calls. Built here, because it would take its time from the
        // first call.
        http = client.build();
    }

    /** @param body empty where there is none */
    public record Answer(
            int status,
            Optional<String> contentType,
            Optional<String> date,
            Optional<String> location,
            Optional<String> retryAfter,
            String body) {}

    /**
     * @param body null: none
     * @throws UnreadableAnswerException when the answer is longer than the bound, or broken
     * @throws IOException when there is none; {@link Outbound#explain} knows why
     */
    public Answer send(String method, URI uri, Map<String, String> headers, String body) throws IOException {
        HttpUriRequestBase request = new HttpUriRequestBase(method, uri);
        headers.forEach(request::setHeader);
        if (body != null) {
            String type = headers.getOrDefault("Content-Type", ContentType.APPLICATION_JSON.getMimeType());
            request.setEntity(new StringEntity(body, ContentType.create(type, StandardCharsets.UTF_8)));
        }
        return http.execute(request, SingleCalls::read);
    }

    private static Answer read(ClassicHttpResponse answer) throws IOException {
        try {
            String body =
                    answer.getEntity() == null ? "" : EntityUtils.toString(answer.getEntity(), StandardCharsets.UTF_8);
            return new Answer(
                    answer.getCode(),
                    header(answer, "Content-Type"),
                    header(answer, "Date"),
                    header(answer, "Location"),
                    header(answer, "Retry-After"),
                    body == null ? "" : body);
        } catch (org.apache.hc.core5.http.ParseException e) {
            throw new UnreadableAnswerException(answer.getCode(), "a Content-Type that cannot be read");
        }
    }

    private static Optional<String> header(ClassicHttpResponse answer, String name) {
        return Optional.ofNullable(answer.getFirstHeader(name)).map(Header::getValue);
    }
}
