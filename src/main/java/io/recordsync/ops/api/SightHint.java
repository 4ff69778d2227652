package io.recordsync.ops.api;

import io.recordsync.deletion.SightReport;
import io.recordsync.deletion.SightState;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What is to be looked at in what the user of Salesforce sees; what is lost is a check of its own. */
final class SightHint {

    private static final Pattern CHANNEL_OF_ONE = Pattern.compile("/data/\\w+ChangeEvent");

    private SightHint() {}

    static List<String> words(String channel, List<SightReport> sights) {
        List<String> words = new ArrayList<>();
        sights.stream()
                .filter(sight -> sight.state() != SightState.LOST)
                .map(SightReport::message)
                .filter(Objects::nonNull)
                .forEach(words::add);
        String unproven = sights.stream()
                .filter(sight -> sight.state() == SightState.EMPTY || sight.state() == SightState.UNSURE)
                .map(SightReport::entity)
                .collect(Collectors.joining(", "));
        // A channel of one refuses who has no right.
        if (!CHANNEL_OF_ONE.matcher(channel).matches() && !unproven.isEmpty()) {
            words.add(
                    ("That %s is subscribed to proves no right on %s: it leaves out without a word what the user may not see."
                                    + " Living and deleted records that the user sees would prove it: delete a test record that belongs"
                                    + " to another user, and look whether it arrives")
                            .formatted(channel, unproven));
        }
        return words;
    }
}
