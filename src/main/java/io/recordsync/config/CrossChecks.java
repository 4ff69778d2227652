package io.recordsync.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
                        together(Keys.PROXY_USER, Keys.PROXY_HOST, reading),
                        together(Keys.PROXY_PASSWORD, Keys.PROXY_USER, reading))
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
        Optional<List<String>> served = reading.find(Keys.TALKDESK_RECORD_LISTS);
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

    private static Optional<String> together(Key<?> key, Key<?> needed, Reading reading) {
        return !reading.text(key).isBlank() && reading.text(needed).isBlank()
                ? Optional.of(
                        "%s is set, but %s is not: expected both or none".formatted(reading.named(key), needed.name()))
                : Optional.empty();
    }
}
