package io.recordsync.ops.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.recordsync.deletion.HeldReason;
import io.recordsync.deletion.Word;
import io.recordsync.inbox.Coverage;
import io.recordsync.inbox.Decisions.Act;
import io.recordsync.inbox.Decisions.Selection;
import io.recordsync.inbox.Decisions.Shown;
import io.recordsync.inbox.Sights;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * What an answer has shown, as a text that comes back with the order over it: {@code asOf}.
 *
 * <p>It names what was shown and nothing else, so that no process has to remember it, and every process of the database understands
 * it, also after a restart. It is no secret and no proof: whoever may order may order without it. Immutable.
 *
 * @param mark {@link io.recordsync.inbox.Ledger#mark}: what entered a state later was not shown
 * @param state the only state that was shown; null = each
 * @param heldReason the only reason; null = each
 * @param recordList the only list; null = each
 * @param from the least id that was shown; null = all
 * @param below above the greatest; null = all
 * @param some whether it was less than can be said of a state, so that only ids name it
 * @param rest what {@code GET /api/status} shows besides; null in other answers
 */
@JsonInclude(Include.NON_NULL)
record AsOf(
        @JsonProperty("n") long mark,
        @JsonProperty("s") String state,
        @JsonProperty("h") String heldReason,
        @JsonProperty("l") String recordList,
        @JsonProperty("f") Long from,
        @JsonProperty("b") Long below,
        @JsonProperty("x") boolean some,
        @JsonProperty("w") Rest rest) {

    private static final int MAX_CHARACTERS = 64_000;
    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    /**
     * The status, but for what is counted.
     *
     * @param from of the stretch that no sweep could prove; null when there was none
     * @param org the one that the inbox belongs to; empty for none
     * @param paused since when, in milliseconds; null when it was not
     * @param stopped of each stopped list a digest with its message
     * @param open of each list with an open history a digest
     * @param lost of each entity whose records the user has lost sight of a digest with its message, which has the numbers
     */
    @JsonInclude(Include.NON_EMPTY)
    record Rest(
            @JsonProperty("f") Long from,
            @JsonProperty("u") Long until,
            @JsonProperty("o") String org,
            @JsonProperty("p") Long paused,
            @JsonProperty("t") List<String> stopped,
            @JsonProperty("q") List<String> open,
            @JsonProperty("e") List<String> lost) {

        Rest {
            org = org == null ? "" : org;
            stopped = stopped == null ? List.of() : stopped;
            open = open == null ? List.of() : open;
            lost = lost == null ? List.of() : lost;
        }

        Coverage.Stretch stretch() {
            return from == null || until == null
                    ? null
                    : new Coverage.Stretch(Instant.ofEpochMilli(from), Instant.ofEpochMilli(until));
        }

        boolean showsStopped(String list, String message) {
            return stopped.contains(digest(list, message));
        }

        boolean showsOpen(String list) {
            return open.contains(digest(list));
        }

        /** Those that were shown, none where one of them is no longer as it was. Others are as little accepted as they were shown. */
        List<Sights.Lost> shownOf(List<Sights.Lost> now) {
            List<Sights.Lost> same = now.stream()
                    .filter(entity -> lost.contains(digest(entity.entity(), entity.message())))
                    .toList();
            return same.size() == lost.size() ? same : List.of();
        }
    }

    /** Everything that was in a state. */
    static AsOf of(long mark, String state) {
        return new AsOf(mark, state, null, null, null, null, false, null);
    }

    /** Short: two states of a list differ in it. */
    static String digest(String... texts) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            for (String text : texts) {
                sha.update(text.getBytes(StandardCharsets.UTF_8));
                sha.update((byte) 0);
            }
            return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(sha.digest(), 6));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }

    /** As it goes out. */
    String text() {
        try {
            return Base64.getUrlEncoder().withoutPadding().encodeToString(JSON.writeValueAsBytes(this));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("What was shown could not be written", e);
        }
    }

    /**
     * Of an order; null when it bears none.
     *
     * @throws Refusal when it is not the text of an answer
     */
    static AsOf of(JsonNode order) {
        JsonNode given = order.get("asOf");
        if (given == null || given.isNull()) {
            return null;
        }
        if (given.isTextual() && given.textValue().length() <= MAX_CHARACTERS) {
            try {
                AsOf read = JSON.readValue(Base64.getUrlDecoder().decode(given.textValue()), AsOf.class);
                if (read != null) {
                    return read;
                }
            } catch (IOException | IllegalArgumentException notOurs) {
                // Refused below.
            }
        }
        throw Refusal.of(400, "asOf is expected to be the text that an answer of this API gave; nothing was changed");
    }

    /**
     * Those of the selection that were shown.
     *
     * @throws Refusal where the order is about something else than what was shown
     */
    Selection narrow(Selection selection, Act act) {
        if (state != null && !state.equals(Word.underscored(act.state()))) {
            throw differs("what is " + state, "what is " + Word.underscored(act.state()));
        }
        if (!selection.ids().isEmpty()) {
            // The ids say what was shown, the mark that they have not come back since.
            return selection.of(new Shown(mark));
        }
        if (some) {
            throw Refusal.of(409, "asOf showed some deletions only: name them by their ids; nothing was changed");
        }
        if (recordList != null && !recordList.equals(selection.recordList())) {
            throw differs("record list " + recordList, selection.recordList() == null ? "each" : "another one");
        }
        HeldReason reason = selection.heldReason() == null ? HeldReason.GUARD : selection.heldReason();
        if (heldReason != null && !heldReason.equals(Word.underscored(reason))) {
            throw differs("what is held for " + heldReason, "what is held for " + Word.underscored(reason));
        }
        return selection.of(new Shown(mark, from == null ? 0 : from, below == null ? 0 : below));
    }

    private static Refusal differs(String shown, String ordered) {
        return Refusal.of(
                409,
                "asOf showed %s, and the order is about %s; nothing was changed, look again"
                        .formatted(RequestedSelection.oneLine(shown), ordered));
    }

    /** @throws Refusal where it is of another answer than the status */
    Rest status() {
        if (rest == null) {
            throw Refusal.of(
                    409,
                    "asOf is of an answer that did not show what the order is about (expected that of GET /api/status);"
                            + " nothing was changed");
        }
        return rest;
    }
}
