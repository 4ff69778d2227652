package io.recordsync.config;

import io.recordsync.deletion.Word;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The checks of what keys say together. A value that has a mistake of its own is not compared. */
final class CrossChecks {

    private CrossChecks() {}

    static List<String> mistakes(Reading reading) {
        List<String> mistakes = new ArrayList<>();
        Stream.of(
                        backoffThatGrows(reading),
                        dryRunListsThatAreServed(reading),
                        plaintextToThisMachine(reading),
                        entitiesAsSalesforceWritesThem(reading),
                        entityOfTheChannel(reading),
                        together(Keys.PROXY_USER, Keys.PROXY_HOST, reading),
                        together(Keys.PROXY_PASSWORD, Keys.PROXY_USER, reading),
                        together(AlertKeys.HEADER, AlertKeys.WEBHOOK, reading),
                        together(AlertKeys.ROUTING_KEY, AlertKeys.WEBHOOK, reading),
                        needs(OpsKeys.VIEWERS, OpsKeys.USERS, reading),
                        needs(OpsKeys.TLS_KEYSTORE_PASSWORD, OpsKeys.TLS_KEYSTORE, reading),
                        routingKeyOfItsForm(reading))
                .flatMap(Optional::stream)
                .forEach(mistakes::add);
        return mistakes;
    }

    private static Optional<String> backoffThatGrows(Reading reading) {
        return reading.find(Keys.DELIVERY_BACKOFF)
                .flatMap(first ->
                        reading.find(Keys.DELIVERY_BACKOFF_MAX).filter(longest -> longest.compareTo(first) < 0))
                .map(longest -> "%s = %s: expected no less than delivery.backoff (%s)"
                        .formatted(
                                reading.named(Keys.DELIVERY_BACKOFF_MAX),
                                reading.text(Keys.DELIVERY_BACKOFF_MAX),
                                reading.text(Keys.DELIVERY_BACKOFF)));
    }

    /** A list that is misspelt there would be deleted from. */
    private static Optional<String> dryRunListsThatAreServed(Reading reading) {
        Optional<List<String>> served = reading.find(Keys.TALKDESK_RECORD_LISTS)
                .map(ids -> reading.listRules().ids());
        return reading.find(Keys.DELIVERY_DRY_RUN_LISTS).stream()
                .flatMap(List::stream)
                .filter(list -> served.filter(lists -> !lists.contains(list)).isPresent())
                .findFirst()
                .map(list -> "%s names %s: expected lists of talkdesk.record-lists"
                        .formatted(reading.named(Keys.DELIVERY_DRY_RUN_LISTS), list));
    }

    /** The token goes with every call. */
    private static Optional<String> plaintextToThisMachine(Reading reading) {
        return reading.find(Keys.SALESFORCE_PUBSUB_PLAINTEXT)
                .filter(plaintext -> plaintext)
                .flatMap(plaintext -> reading.find(Keys.SALESFORCE_PUBSUB_HOST))
                .filter(host -> !Loopback.is(host))
                .map(host -> "%s = true, but %s = %s: expected false, or this machine (localhost, 127.0.0.1, ::1)"
                        .formatted(
                                reading.named(Keys.SALESFORCE_PUBSUB_PLAINTEXT),
                                reading.named(Keys.SALESFORCE_PUBSUB_HOST),
                                host));
    }

    /** Those of Salesforce that have contacts' data, or are synced most. */
    private static final List<String> STANDARD_ENTITIES = List.of(
            "Account",
            "Asset",
            "Campaign",
            "CampaignMember",
            "Case",
            "Contact",
            "Contract",
            "Individual",
            "Lead",
            "Opportunity",
            "User");

    /** A change event names its entity with its case, and one that is written otherwise would be passed over in silence. */
    private static Optional<String> entitiesAsSalesforceWritesThem(Reading reading) {
        return reading.find(Keys.SALESFORCE_ENTITIES).stream()
                .flatMap(List::stream)
                .flatMap(entity -> writtenRightly(entity).stream()
                        .filter(right -> !right.equals(entity))
                        .map(right -> "%s names %s: expected %s, as Salesforce writes it"
                                .formatted(reading.named(Keys.SALESFORCE_ENTITIES), entity, right)))
                .findFirst();
    }

    private static Optional<String> writtenRightly(String entity) {
        if (entity.regionMatches(true, entity.length() - 3, "__c", 0, 3)) {
            return Optional.of(entity.substring(0, entity.length() - 3) + "__c");
        }
        return STANDARD_ENTITIES.stream().filter(entity::equalsIgnoreCase).findFirst();
    }

    private static final Pattern CHANNEL_OF_ONE = Pattern.compile("/data/(\\w+)ChangeEvent");

    /** All that the channel brings would be passed over. */
    private static Optional<String> entityOfTheChannel(Reading reading) {
        Optional<List<String>> entities = reading.find(Keys.SALESFORCE_ENTITIES);
        return reading.find(Keys.SALESFORCE_CHANNEL)
                .map(CHANNEL_OF_ONE::matcher)
                .filter(Matcher::matches)
                .map(channel -> channel.group(1).endsWith("__") ? channel.group(1) + "c" : channel.group(1))
                .filter(entity ->
                        entities.filter(named -> !named.contains(entity)).isPresent())
                .map(entity ->
                        "%s = %s: expected %s among them, whose changes are all that salesforce.channel (%s) brings"
                                .formatted(
                                        reading.named(Keys.SALESFORCE_ENTITIES),
                                        reading.text(Keys.SALESFORCE_ENTITIES),
                                        entity,
                                        reading.text(Keys.SALESFORCE_CHANNEL)));
    }

    /** The one has no use without the other. */
    private static Optional<String> routingKeyOfItsForm(Reading reading) {
        boolean isSet = !reading.text(AlertKeys.ROUTING_KEY).isBlank();
        return reading.find(AlertKeys.FORM)
                .filter(form -> (form == WebhookForm.PAGERDUTY) != isSet)
                .map(form -> isSet
                        ? "%s is set, but alerts.webhook.form is %s: expected pagerduty, or no key"
                                .formatted(reading.named(AlertKeys.ROUTING_KEY), Word.dashed(form))
                        : "alerts.webhook.form = pagerduty, but alerts.routing-key is not set: expected PagerDuty's"
                                + " integration key (Events API v2)");
    }

    /** The one has no effect without the other. */
    private static Optional<String> needs(Key<?> key, Key<?> needed, Reading reading) {
        return !reading.text(key).isBlank() && reading.text(needed).isBlank()
                ? Optional.of("%s is set, but %s is not: set it, or remove %s"
                        .formatted(reading.named(key), needed.name(), key.name()))
                : Optional.empty();
    }

    private static Optional<String> together(Key<?> key, Key<?> needed, Reading reading) {
        return !reading.text(key).isBlank() && reading.text(needed).isBlank()
                ? Optional.of(
                        "%s is set, but %s is not: expected both or none".formatted(reading.named(key), needed.name()))
                : Optional.empty();
    }
}
