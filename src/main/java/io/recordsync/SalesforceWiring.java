package io.recordsync;

import io.recordsync.Wiring.InboxRoom;
import io.recordsync.Wiring.Tokens;
import io.recordsync.Wiring.Watch;
import io.recordsync.config.NotVisible;
import io.recordsync.config.SalesforceSettings;
import io.recordsync.config.Settings;
import io.recordsync.inbox.FoundLists;
import io.recordsync.network.HttpBounds;
import io.recordsync.salesforce.ChangeEvents;
import io.recordsync.salesforce.GapChecks;
import io.recordsync.salesforce.MissedEvents;
import io.recordsync.salesforce.PresenceChecks;
import io.recordsync.salesforce.SalesforceAccess;
import io.recordsync.salesforce.SalesforceQuery;
import io.recordsync.salesforce.Sightings;
import io.recordsync.salesforce.Sweeps;
import io.recordsync.salesforce.SyncedRecords;
import java.time.Clock;
import org.apache.camel.component.http.HttpClientConfigurer;

/** What reads Salesforce: the events, the sweeps, the presence checks, and what each of them asks; the part of {@link Wiring} that knows that room. */
final class SalesforceWiring {

    private final Settings settings;
    private final Beans beans;

    SalesforceWiring(Settings settings, Beans beans) {
        this.settings = settings;
        this.beans = beans;
    }

    record Reading(
            Sweeps sweeps,
            PresenceChecks presenceChecks,
            GapChecks gapChecks,
            Sightings sightings,
            MissedEvents missed) {}

    Reading build(InboxRoom room, HttpClientConfigurer http, Tokens tokens, Watch watch, Clock clock) {
        SalesforceSettings salesforce = settings.salesforce();
        FoundLists recordLists = room.inbox().foundLists();
        String provider = settings.talkdesk().externalProvider();
        SyncedRecords records = beans.own(
                "recordsyncSyncedRecords",
                new SyncedRecords(recordLists, provider, salesforce.idPrefixes(), salesforce.holdsMerged()));
        beans.own(
                "recordsyncChangeEvents",
                new ChangeEvents(
                        records,
                        salesforce.entities(),
                        settings.sweep().onGap(),
                        tokens.salesforce().endpointClock()));
        Sightings sightings = beans.own(
                "recordsyncSightings",
                new Sightings(
                        room.inbox().sights(),
                        salesforce.entities(),
                        salesforce.idPrefixes(),
                        salesforce.apiVersion()));
        MissedEvents missed = new MissedEvents(
                room.inbox().untold(), watch.stream(), settings.stream().missedAfter(), room.metrics()::missed);
        Sweeps sweeps = beans.own(
                "recordsyncSweeps",
                new Sweeps(
                        room.inbox().coverage(),
                        room.inbox().intakes(),
                        records,
                        salesforce.entities(),
                        salesforce.apiVersion(),
                        settings.sweep().period(),
                        settings.sweep().overlap(),
                        settings.sweep().retry(),
                        sightings,
                        missed));
        GapChecks gapChecks = beans.own(
                "recordsyncGapChecks",
                new GapChecks(
                        room.inbox().doubts(),
                        salesforce.entities(),
                        salesforce.apiVersion(),
                        settings.stream().backoff(),
                        settings.stream().backoffMax(),
                        settings.stream().catchUp(),
                        sightings,
                        salesforce.holdsMerged()));
        room.inbox().queue().onDiverted(gapChecks::wake);
        PresenceChecks presenceChecks = beans.own(
                "recordsyncPresenceChecks",
                new PresenceChecks(
                        room.inbox().intakes(),
                        room.inbox().recordLists(),
                        room.inbox().signs(),
                        records,
                        recordLists,
                        salesforce.entities(),
                        salesforce.apiVersion(),
                        settings.reconcile().schedule(),
                        new PresenceChecks.Beliefs(
                                settings.reconcile().notVisible() == NotVisible.DELETE,
                                settings.reconcile().maxMissingPercent(),
                                settings.reconcile().minJudgedPercent()),
                        settings.sweep().retry(),
                        clock));
        beans.own(
                "recordsyncSalesforceHttp",
                new HttpBounds(
                        http,
                        path -> SalesforceQuery.bounds(path, salesforce.timeout(), salesforce.downloadTimeout())));
        beans.own(
                "recordsyncSalesforceAccess",
                new SalesforceAccess(tokens.salesforce(), room.inbox().intakes()));
        return new Reading(sweeps, presenceChecks, gapChecks, sightings, missed);
    }
}
