package io.recordsync;

import io.recordsync.config.Settings;
import io.recordsync.inbox.Fingerprint;
import java.util.Collection;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What of the settings decides what is deleted, where, and when a person is asked: the same in every process of a database, or
 * one undoes what the other promises. Addresses, time-outs and rates may differ.
 */
final class SharedSettings {

    private SharedSettings() {}

    static Fingerprint of(Settings settings) {
        SortedMap<String, String> values = new TreeMap<>();
        values.put(Fingerprint.RECORD_LISTS, sorted(settings.talkdesk().recordLists()));
        values.put(
                "talkdesk.record-lists.matching",
                sorted(settings.talkdesk().lists().rules().patterns()));
        values.put(
                "talkdesk.record-lists.join", text(settings.talkdesk().lists().join()));
        // One line, so that a binding that one process alone has is a difference too.
        values.put(
                "talkdesk.record-lists.of",
                text(new TreeMap<>(settings.talkdesk().lists().rules().bindings())));
        values.put("talkdesk.external-provider", settings.talkdesk().externalProvider());
        values.put("talkdesk.api-url", settings.talkdesk().apiUrl().toString());
        values.put("salesforce.channel", settings.salesforce().channel());
        values.put("salesforce.entities", sorted(settings.salesforce().entities()));
        values.put("salesforce.id-prefixes", sorted(settings.salesforce().idPrefixes()));
        values.put("talkdesk.callbacks", text(settings.talkdesk().callbacks().mode()));
        values.put(
                "talkdesk.callbacks.most", text(settings.talkdesk().callbacks().most()));
        values.put("salesforce.merged", text(settings.salesforce().merged()));
        values.put("delivery.mode", settings.delivery().mode().toString());
        values.put("delivery.dry-run-lists", sorted(settings.delivery().mode().configuredLists()));
        values.put("delivery.give-up-after", text(settings.delivery().giveUpAfter()));
        values.put("hold.window", text(settings.delivery().holdWindow()));
        values.put("verify.attempts", text(settings.verify().attempts()));
        values.put("verify.unconfirmed", text(settings.verify().unconfirmed()));
        values.put("guard.max-deletions", text(settings.guard().maxDeletions()));
        values.put("guard.window", text(settings.guard().window()));
        values.put("sweep.on-gap", text(settings.sweep().onGap()));
        values.put(
                "reconcile.schedule",
                settings.reconcile().schedule().map(Object::toString).orElse("off"));
        values.put("reconcile.not-visible", text(settings.reconcile().notVisible()));
        values.put("reconcile.max-missing-percent", text(settings.reconcile().maxMissingPercent()));
        values.put("reconcile.min-judged-percent", text(settings.reconcile().minJudgedPercent()));
        values.put("session.ttl", text(settings.session().ttl()));
        values.put("ledger.retention", text(settings.ledger().retention()));
        values.put(
                "ledger.phone-key",
                Fingerprint.sealed(settings.ledger().phoneKey().value()));
        return new Fingerprint(values);
    }

    private static String text(Object value) {
        return String.valueOf(value);
    }

    private static String sorted(Collection<String> words) {
        return String.join(",", new TreeSet<>(words));
    }
}
