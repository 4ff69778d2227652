package io.recordsync.ops.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.deletion.SightReport;
import io.recordsync.deletion.SightState;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What proves that events come, on a channel that anybody may subscribe to. */
class SightHintTest {

    private static final List<SightReport> SIGHTS = List.of(
            new SightReport("Contact", SightState.SEEN, 12L, null),
            new SightReport("Lead", SightState.EMPTY, 0L, "no record of Lead"),
            new SightReport("Account", SightState.LOST, 3L, "lost"));

    @Test
    void an_entity_that_is_not_seen_is_unproven_on_a_channel_of_several() {
        for (String channel : List.of("/data/ChangeEvents", "/data/TalkdeskDeletions__chn")) {
            assertThat(SightHint.words(channel, SIGHTS)).hasSize(2).first().isEqualTo("no record of Lead");
            assertThat(SightHint.words(channel, SIGHTS).get(1))
                    .startsWith("That " + channel + " is subscribed to proves no right on Lead: ");
        }
    }

    @Test
    void a_channel_of_one_refuses_who_has_no_right_and_what_is_seen_is_proven() {
        assertThat(SightHint.words("/data/LeadChangeEvent", SIGHTS)).containsExactly("no record of Lead");
        assertThat(SightHint.words("/data/ChangeEvents", SIGHTS.subList(0, 1))).isEmpty();
    }
}
