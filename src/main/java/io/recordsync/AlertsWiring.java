package io.recordsync;

import io.recordsync.Wiring.InboxRoom;
import io.recordsync.Wiring.Watch;
import io.recordsync.config.AlertSettings;
import io.recordsync.config.Settings;
import io.recordsync.deletion.DeletionState;
import io.recordsync.delivery.Backoff;
import io.recordsync.inbox.FoundList;
import io.recordsync.inbox.FoundLists;
import io.recordsync.inbox.Ledger;
import io.recordsync.inbox.Membership;
import io.recordsync.network.Outbound;
import io.recordsync.ops.alerts.Alerting;
import io.recordsync.ops.alerts.Heartbeat;
import io.recordsync.ops.alerts.Waiting;
import io.recordsync.ops.alerts.Webhook;
import io.recordsync.ops.health.Health;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/** What people are told: the part of {@link Wiring} that sends messages out. */
final class AlertsWiring {

    private static final Duration BACKOFF = Duration.ofSeconds(10);
    private static final Duration BACKOFF_MAX = Duration.ofMinutes(10);

    private final Settings settings;
    private final Outbound outbound;

    AlertsWiring(Settings settings, Outbound outbound) {
        this.settings = settings;
        this.outbound = outbound;
    }

    /** Also for the doctor. */
    Webhook webhook(Clock clock) {
        return new Webhook(settings.alerts(), installation(), outbound, clock);
    }

    /** Two of one org and one channel are told apart by the address of their page. */
    private String installation() {
        String page = settings.alerts().publicUrl();
        return page.isEmpty()
                ? settings.salesforce().loginUrl().getHost()
                        + settings.salesforce().channel()
                : page;
    }

    Alerting build(Beans beans, Health health, InboxRoom room, Watch watch, Clock clock) {
        AlertSettings alerts = settings.alerts();
        Webhook webhook = beans.own("recordsyncWebhook", webhook(clock));
        beans.own("recordsyncHeartbeat", new Heartbeat(alerts.heartbeat(), health::isAlive, outbound));
        return beans.own(
                "recordsyncAlerts",
                new Alerting(
                        webhook.isSet(),
                        health::says,
                        List.of(
                                deadLetters(room.ledger()),
                                listsThatAsk(room.inbox().foundLists())),
                        watch.stream(),
                        room.inbox().alerts(),
                        alerts.after(),
                        new Backoff(BACKOFF, BACKOFF_MAX),
                        clock));
    }

    private static Waiting deadLetters(Ledger ledger) {
        return Waiting.deadLetters(() -> ledger.counts().getOrDefault(DeletionState.PARKED, 0L));
    }

    private static Waiting listsThatAsk(FoundLists lists) {
        return Waiting.listsThatAsk(() -> lists.all().stream()
                .filter(list -> list.membership() == Membership.ASKS)
                .map(FoundList::named)
                .toList());
    }
}
