package io.recordsync.config;

import static io.recordsync.config.Form.durationAtLeast;
import static io.recordsync.config.Form.header;
import static io.recordsync.config.Form.matching;
import static io.recordsync.config.Form.pageUrl;
import static io.recordsync.config.Form.secret;
import static io.recordsync.config.Form.secretUrl;
import static io.recordsync.config.Form.word;
import static io.recordsync.config.Form.zeroOr;
import static io.recordsync.config.Table.often;

import java.time.Duration;
import java.util.List;

/** The keys of what people are told. They enter the table where {@link Keys} names them first. */
final class AlertKeys {

    static final Key<Secret> WEBHOOK = often(
            "alerts.webhook",
            "",
            secret(secretUrl()),
            "Where one message is sent when a check of health changes, deletions are parked or a list asks; empty means"
                    + " nowhere.");
    static final Key<WebhookForm> FORM =
            often("alerts.webhook.form", "json", word(WebhookForm.class), "Who takes the message, and so its form.");
    static final Key<Secret> HEADER = often(
            "alerts.webhook.header", "", secret(header()), "A header that goes with each message, such as a token.");
    static final Key<Secret> ROUTING_KEY = often(
            "alerts.routing-key",
            "",
            secret(matching("letters and digits", "[A-Za-z0-9]{1,100}")),
            "PagerDuty's integration key (Events API v2).");
    static final Key<Duration> AFTER = often(
            "alerts.webhook.after",
            "1m",
            zeroOr(durationAtLeast(Duration.ofSeconds(1))),
            "How long a check must be down, or well again, before that is told; what a person decides about is told at"
                    + " once.");
    static final Key<Secret> HEARTBEAT = often(
            "alerts.heartbeat",
            "",
            secret(secretUrl()),
            "A URL that is pinged every 5 minutes while the process lives, at a service that alarms when that stays out.");
    static final Key<String> PUBLIC_URL = often(
            "ops.public-url",
            "",
            pageUrl(),
            "The address of the page as people reach it, for the links in messages; empty means no link.");

    /** In the order of the reference. */
    static final List<Key<?>> ALL = List.of(WEBHOOK, FORM, HEADER, ROUTING_KEY, AFTER, HEARTBEAT, PUBLIC_URL);

    private AlertKeys() {}

    static AlertSettings settings(Reading read) {
        return new AlertSettings(
                read.get(WEBHOOK),
                read.get(FORM),
                read.get(HEADER),
                read.get(ROUTING_KEY),
                read.get(AFTER),
                read.get(HEARTBEAT),
                read.get(PUBLIC_URL));
    }
}
