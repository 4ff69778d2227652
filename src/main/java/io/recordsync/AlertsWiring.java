package io.recordsync;

import io.recordsync.Wiring.InboxRoom;
import io.recordsync.Wiring.Watch;
import io.recordsync.config.AlertSettings;
import io.recordsync.config.Settings;
import io.recordsync.deletion.DeletionState;
import io.recordsync.delivery.Backoff;
import io.recordsync.inbox.Ledger;
import io.recordsync.inbox.Ledger.RecordListEntry;
import io.recordsync.network.Outbound;
import io.recordsync.ops.alerts.Alerting;
import io.recordsync.ops.alerts.Heartbeat;
import io.recordsync.ops.alerts.Waiting;
import io.recordsync.ops.alerts.Waiting.Amount;
import io.recordsync.ops.alerts.Webhook;
import io.recordsync.ops.health.Health;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

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
                        List.of(deadLetters(room.ledger()), listsThatAsk(room.ledger())),
                        watch.stream(),
                        room.inbox().alerts(),
                        alerts.after(),
                        new Backoff(BACKOFF, BACKOFF_MAX),
                        clock));
    }

    private static Waiting deadLetters(Ledger ledger) {
        return new Waiting(
                "dead-letters",
                () -> {
                    long parked = ledger.counts().getOrDefault(DeletionState.PARKED, 0L);
                    return new Amount(
                            parked,
                            ("%s parked: a person has to redrive or discard them (on the page, or POST"
                                            + " /api/deletions/redrive or /api/deletions/discard)")
                                    .formatted(parked == 1 ? "1 deletion is" : parked + " deletions are"));
                },
                "No deletion is parked any more");
    }

    private static Waiting listsThatAsk(Ledger ledger) {
        return new Waiting(
                "record-lists-ask",
                () -> {
                    List<String> asking = ledger.recordLists().stream()
                            .filter(list -> list.state().equals("asks"))
                            .map(RecordListEntry::id)
                            .toList();
                    return new Amount(
                            asking.size(),
                            asking.stream()
                                    .limit(20)
                                    .collect(Collectors.joining(
                                            ", ",
                                            "Record lists match talkdesk.record-lists.matching and wait for a person to let"
                                                    + " them join (on the page, or POST /api/record-lists/join): ",
                                            asking.size() > 20 ? ", …" : "")));
                },
                "No record list asks to join any more");
    }
}
