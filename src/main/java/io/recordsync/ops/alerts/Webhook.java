package io.recordsync.ops.alerts;

import io.recordsync.config.AlertSettings;
import io.recordsync.network.Outbound;
import io.recordsync.network.RetryAfter;
import io.recordsync.network.SingleCalls;
import io.recordsync.network.Target;
import io.recordsync.network.UnreadableAnswerException;
import io.recordsync.ops.alerts.Posted.Fate;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where messages go, by the way of all else: one POST each, bounded as a whole, repeated by nobody and redirected nowhere.
 *
 * <p>Whoever knows the URL may post there: it is in no message and no log, and an exception that may quote it is not passed on. What
 * counts is the status; of a body only a code of one word is shown. Thread-safe.
 */
public final class Webhook {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final int MAX_RESPONSE_BYTES = 65_536;
    private static final Duration MAX_WAIT = Duration.ofHours(1);
    /** After a 429 that does not say it: PagerDuty's lasts for minutes. */
    private static final Duration WAIT_AFTER_LIMIT = Duration.ofSeconds(30);

    private static final Pattern CODE = Pattern.compile("[a-z]+(_[a-z]+){0,6}");

    private final URI url;
    private final Map<String, String> headers = new HashMap<>();
    private final MessageBody body;
    private final Outbound outbound;
    private final SingleCalls calls;
    private final Clock clock;

    /** @param installation the same at every start, and another one in another installation */
    public Webhook(AlertSettings settings, String installation, Outbound outbound, Clock clock) {
        this.url = settings.webhook().isEmpty()
                ? null
                : URI.create(settings.webhook().value());
        String header = settings.header().value();
        if (!header.isEmpty()) {
            int colon = header.indexOf(':');
            headers.put(header.substring(0, colon), header.substring(colon + 1).strip());
        }
        String link = settings.publicUrl().isEmpty() ? "" : settings.publicUrl() + "/";
        this.body = new MessageBody(settings.form(), link, settings.routingKey().value(), installation);
        this.outbound = outbound;
        this.calls = new SingleCalls(outbound, TIMEOUT, MAX_RESPONSE_BYTES);
        this.clock = clock;
    }

    /** Whether there is one. */
    public boolean isSet() {
        return url != null;
    }

    /** Without the path, which is a secret. */
    public String host() {
        return url.getHost();
    }

    public Posted post(Notice notice) {
        try {
            SingleCalls.Answer answer = calls.send("POST", url, headers, body.of(notice));
            return judged(
                    notice,
                    answer.status(),
                    answer.body(),
                    Optional.ofNullable(RetryAfter.parse(answer.retryAfter().orElse(null), clock, MAX_WAIT)));
        } catch (UnreadableAnswerException e) {
            return judged(notice, e.status(), "", Optional.empty());
        } catch (IOException e) {
            String why = outbound.explain(Target.of(url), e).orElse(e.getClass().getSimpleName());
            return new Posted(notice, Fate.AGAIN, 0, "The webhook of alerts is not reached: " + why, Optional.empty());
        }
    }

    private Posted judged(Notice notice, int status, String said, Optional<Duration> wait) {
        if (status / 100 == 2) {
            return new Posted(notice, Fate.TAKEN, status, "", Optional.empty());
        }
        String code = said.strip();
        String answered = "The webhook of alerts (%s) answered %s%s"
                .formatted(
                        url.getHost(),
                        status,
                        code.length() < 64 && CODE.matcher(code).matches() ? " " + code : "");
        boolean again = status >= 500 || status == 408 || status == 425 || status == 429;
        return again
                ? new Posted(
                        notice,
                        Fate.AGAIN,
                        status,
                        answered,
                        status == 429 ? wait.or(() -> Optional.of(WAIT_AFTER_LIMIT)) : wait)
                : new Posted(notice, Fate.REFUSED, status, answered + ": " + remedy(status), Optional.empty());
    }

    private static String remedy(int status) {
        return switch (status) {
            case 404, 410 -> "it was removed, or the URL is wrong; make a new one and set alerts.webhook";
            case 401, 403 -> "it lets nobody in who comes so; check alerts.webhook, alerts.webhook.header and"
                    + " alerts.routing-key";
            case 400, 413, 415, 422 -> "it does not take the message; check alerts.webhook.form and alerts.routing-key";
            default -> status / 100 == 3
                    ? "a redirect, which is not followed; set alerts.webhook to where it leads"
                    : "it takes no message; check alerts.webhook";
        };
    }
}
