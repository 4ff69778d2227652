package io.recordsync.simulator.talkdesk;

/** An item that was sent again although an earlier call had confirmed it. */
public record Repeat(Item item, DeleteCall confirmedBy, DeleteCall sentAgainBy) {

    @Override
    public String toString() {
        return "%s: confirmed by call %d, sent again to list %s by call %d"
                .formatted(item, confirmedBy.number(), sentAgainBy.recordList(), sentAgainBy.number());
    }
}
