package io.recordsync;

import io.recordsync.SalesforceWiring.Reading;
import io.recordsync.Wiring.Delivering;
import io.recordsync.Wiring.InboxRoom;
import io.recordsync.Wiring.Tokens;
import io.recordsync.Wiring.Watch;
import io.recordsync.config.CallbackSettings;
import io.recordsync.config.OpsSettings;
import io.recordsync.config.Settings;
import io.recordsync.deletion.Word;
import io.recordsync.inbox.FoundLists;
import io.recordsync.inbox.JdbcLateRestorations;
import io.recordsync.network.Outbound;
import io.recordsync.ops.alerts.Alerting;
import io.recordsync.ops.api.CallbackView;
import io.recordsync.ops.api.DeletionView;
import io.recordsync.ops.api.FrontDoor;
import io.recordsync.ops.api.GuardView;
import io.recordsync.ops.api.HistoryView;
import io.recordsync.ops.api.ListOrders;
import io.recordsync.ops.api.ListView;
import io.recordsync.ops.api.OrderView;
import io.recordsync.ops.api.Orders;
import io.recordsync.ops.api.PageKey;
import io.recordsync.ops.api.ProblemAnswer;
import io.recordsync.ops.api.Status;
import io.recordsync.ops.health.AlertsCheck;
import io.recordsync.ops.health.CallbacksCheck;
import io.recordsync.ops.health.DeliveryCheck;
import io.recordsync.ops.health.ExpiryCheck;
import io.recordsync.ops.health.GuardCheck;
import io.recordsync.ops.health.Health;
import io.recordsync.ops.health.ListNames;
import io.recordsync.ops.health.ListNamesCheck;
import io.recordsync.ops.health.ListsCheck;
import io.recordsync.ops.health.NodesCheck;
import io.recordsync.ops.health.PendingCheck;
import io.recordsync.ops.health.PositionCheck;
import io.recordsync.ops.health.ProcessCheck;
import io.recordsync.ops.health.SightCheck;
import io.recordsync.ops.health.StoreCheck;
import io.recordsync.ops.health.StreamCheck;
import io.recordsync.ops.health.SweepCheck;
import io.recordsync.ops.health.TokenCheck;
import io.recordsync.ops.page.PageFiles;
import io.recordsync.ops.receipts.Receipts;
import io.recordsync.ops.receipts.RestoredTooLate;
import io.recordsync.ops.support.Questions;
import io.recordsync.ops.support.RunningService;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.camel.health.HealthCheck;

/**
 * What people and probes see, do and are told: the part of {@link Wiring} that shows all the others.
 *
 * <p>Of each room it is given what the wiring has built.
 */
final class OpsWiring {

    private final Settings settings;
    private final Beans beans;
    private final Outbound outbound;

    OpsWiring(Settings settings, Beans beans, Outbound outbound) {
        this.settings = settings;
        this.beans = beans;
        this.outbound = outbound;
    }

    /** @return what is checked, in this order */
    List<HealthCheck> build(
            InboxRoom room, Delivering delivering, Reading reading, Tokens tokens, Watch watch, Clock clock) {
        String channel = settings.salesforce().channel();
        FoundLists recordLists = room.inbox().foundLists();
        Duration idleTimeout = settings.stream().idleTimeout();
        beans.own("recordsyncFrontDoor", new FrontDoor(room.inbox().writtenOrders()));
        beans.replaceable("recordsyncProblemAnswer", ProblemAnswer.class, ProblemAnswer::new);
        beans.replaceable("recordsyncPageFiles", PageFiles.class, PageFiles::new);
        beans.own(
                "recordsyncOrders",
                new Orders(
                        room.inbox().intakes(),
                        room.inbox().decisions(),
                        room.inbox().writtenOrders(),
                        room.inbox().pauses(),
                        room.inbox().coverage(),
                        room.inbox().recordLists(),
                        room.inbox().sights(),
                        recordLists,
                        delivering.mode(),
                        clock));
        beans.own(
                "recordsyncListOrders", new ListOrders(recordLists, room.inbox().writtenOrders()));
        beans.own("recordsyncListView", new ListView(recordLists, room.inbox().coverage()));
        beans.own("recordsyncListNames", new ListNames(watch.registry(), recordLists));
        beans.own("recordsyncOrderView", new OrderView(room.inbox().writtenOrders()));
        GuardView guard = beans.own(
                "recordsyncGuardView",
                new GuardView(
                        room.ledger(),
                        settings.guard().maxDeletions(),
                        settings.guard().window()));
        beans.replaceable("recordsyncDeletionView", DeletionView.class, () -> new DeletionView(room.ledger()));
        beans.replaceable(
                "recordsyncReceipts",
                Receipts.class,
                () -> new Receipts(room.ledger(), room.inbox().callbacks()::of));
        beans.own(
                "recordsyncRestoredTooLate",
                new RestoredTooLate(new JdbcLateRestorations(room.inbox().store())));
        beans.own(
                "recordsyncCallbackView",
                new CallbackView(
                        room.inbox().callbacks(),
                        Word.dashed(settings.talkdesk().callbacks().mode())));
        beans.replaceable("recordsyncHistoryView", HistoryView.class, () -> new HistoryView(room.history()));
        Health health = beans.own("recordsyncHealth", new Health(clock));
        Alerting alerting = new AlertsWiring(settings, outbound).build(beans, health, room, watch, clock);
        beans.own(
                "recordsyncStatus",
                new Status(
                        room.ledger(),
                        room.inbox().coverage(),
                        room.inbox().recordLists(),
                        room.inbox().pauses(),
                        channel,
                        recordLists,
                        new Status.Parts(
                                watch.stream(),
                                delivering.gate(),
                                reading.presenceChecks(),
                                reading.sweeps(),
                                delivering.finds(),
                                reading.sightings(),
                                reading.missed(),
                                guard,
                                alerting::report),
                        health,
                        delivering.mode(),
                        room.metrics(),
                        clock));
        beans.own(
                "recordsyncRunningService",
                new RunningService(new Questions(settings.dataFolder(), clock), health, watch.scrape()));
        ProcessCheck process = beans.own(
                "recordsyncProcessCheck",
                new ProcessCheck(watch.stream(), settings.session().heartbeat()));
        List<HealthCheck> checks = new ArrayList<>(List.of(
                process,
                new StoreCheck(room.ledger(), channel),
                new StreamCheck(watch.stream(), idleTimeout, clock),
                new PositionCheck(room.ledger(), channel, watch.stream(), idleTimeout, clock),
                new ExpiryCheck(
                        room.ledger(),
                        channel,
                        certificateExpires(),
                        settings.health().expiryWarning(),
                        clock),
                new PendingCheck(room.ledger(), settings.health().oldestPending(), clock),
                new ListsCheck(room.ledger(), recordLists),
                new ListNamesCheck(recordLists),
                new TokenCheck("salesforce", tokens.salesforce()),
                new TokenCheck("talkdesk", tokens.talkdesk()),
                new GuardCheck(room.ledger(), watch.registry()),
                new DeliveryCheck(delivering.gate()),
                new NodesCheck(room.inbox().nodes()),
                new SweepCheck(room.inbox().coverage(), settings.sweep().period(), clock),
                new SightCheck(reading.sightings(), reading.gapChecks()::blind),
                new AlertsCheck(alerting::trouble)));
        CallbackSettings callbacks = settings.talkdesk().callbacks();
        if (callbacks.on()) {
            checks.add(new CallbacksCheck(room.inbox().callbacks(), callbacks.most()));
        }
        return checks;
    }

    /** Empty where none is shown. */
    private Optional<Instant> certificateExpires() {
        OpsSettings ops = settings.ops();
        return ops.enabled() && ops.tls().isSet()
                ? Optional.of(PageKey.read(ops.tls(), Instant.now()).expires())
                : Optional.empty();
    }
}
