package io.recordsync.ops.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.recordsync.deletion.DeletionRequest;
import io.recordsync.deletion.DeletionState;
import io.recordsync.deletion.Identifier;
import io.recordsync.deletion.Origin;
import io.recordsync.inbox.ServedLists;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What a person asks to delete, read from the body of a request and checked wholly before anything is accepted.
 *
 * <p>Each item is one of the three forms of Talkdesk's bulk delete call ({@code id}, {@code phone_number}, {@code
 * external_provider} with {@code external_id}), with a {@code recordList} or, without one, for every configured list. An
 * external id is sent exactly as given, whatever its provider: how Talkdesk compares 15- with 18-character ids is not
 * documented, and a person reads the id off the record. An {@code *} is refused: it stands for all in Salesforce's events.
 * No mistake repeats a value.
 */
final class RequestedDeletions {

    static final int MAX_ITEMS = 1000;

    private static final Set<String> KEYS =
            Set.of("recordList", "id", "phone_number", "external_provider", "external_id");
    private static final Set<Set<String>> FORMS =
            Set.of(Set.of("id"), Set.of("phone_number"), Set.of("external_provider", "external_id"));
    private static final Pattern UUID = Pattern.compile("\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}");
    private static final Pattern PHONE = Pattern.compile("\\+[1-9][0-9]{1,14}");
    private static final Pattern PLAIN_KEY = Pattern.compile("[A-Za-z_]{1,40}");
    private static final int MAX_EXTERNAL_CHARACTERS = 255;

    private final ServedLists recordLists;

    /** @param recordLists that are served */
    RequestedDeletions(ServedLists recordLists) {
        this.recordLists = recordLists;
    }

    /** @throws Refusal naming the first item with a mistake */
    List<DeletionRequest> read(byte[] body, String eventKey, Instant now) {
        JsonNode items = RequestBody.read(body);
        if (!items.isArray() || items.isEmpty() || items.size() > MAX_ITEMS) {
            throw Refusal.of(400, "Expected a JSON array of 1 to %s items; nothing was accepted".formatted(MAX_ITEMS));
        }
        List<DeletionRequest> deletions = new ArrayList<>();
        Map<String, Integer> seen = new HashMap<>();
        for (int index = 0; index < items.size(); index++) {
            JsonNode item = items.get(index);
            Identifier identifier = identifier(index, item);
            for (String list : listsOf(index, item)) {
                Integer before = seen.putIfAbsent(list + '\n' + sameness(identifier), index);
                if (before != null) {
                    throw Refusal.ofItem(index, "names the same record of the same list as item " + before);
                }
                deletions.add(new DeletionRequest(list, identifier, eventKey, Origin.API, now, DeletionState.PENDING));
            }
        }
        return deletions;
    }

    private static Identifier identifier(int index, JsonNode item) {
        if (!item.isObject()) {
            throw Refusal.ofItem(index, "is not a JSON object");
        }
        Set<String> form = new TreeSet<>();
        item.fieldNames().forEachRemaining(form::add);
        for (String key : form) {
            if (!KEYS.contains(key)) {
                throw Refusal.ofItem(
                        index,
                        "has an unknown key%s, expected some of %s"
                                .formatted(PLAIN_KEY.matcher(key).matches() ? " " + key : "", new TreeSet<>(KEYS)));
            }
            if (!item.get(key).isTextual()) {
                throw Refusal.ofItem(index, key + " is not a string");
            }
        }
        form.remove("recordList");
        if (!FORMS.contains(form)) {
            throw Refusal.ofItem(
                    index,
                    "is none of the three forms: id alone, phone_number alone, or external_provider with external_id");
        }
        if (form.contains("id")) {
            return Identifier.record(matching(index, item, "id", UUID, "a UUID"));
        }
        if (form.contains("phone_number")) {
            return Identifier.phone(
                    matching(index, item, "phone_number", PHONE, "+ and 2 to 15 digits, the first not 0 (E.164)"));
        }
        return Identifier.external(external(index, item, "external_provider"), external(index, item, "external_id"));
    }

    private static String matching(int index, JsonNode item, String key, Pattern form, String expected) {
        String value = item.get(key).textValue();
        if (!form.matcher(value).matches()) {
            throw Refusal.ofItem(index, key + " is not " + expected);
        }
        return value;
    }

    private static String external(int index, JsonNode item, String key) {
        String value = item.get(key).textValue();
        boolean wellFormed = !value.isBlank()
                && value.length() <= MAX_EXTERNAL_CHARACTERS
                && value.chars().noneMatch(Character::isISOControl)
                && value.indexOf('*') < 0
                // Half a surrogate pair is valid JSON, but no database takes it.
                && StandardCharsets.UTF_8.newEncoder().canEncode(value);
        if (!wellFormed) {
            throw Refusal.ofItem(
                    index,
                    "%s is not 1 to %s characters without control characters and without *"
                            .formatted(key, MAX_EXTERNAL_CHARACTERS));
        }
        return value;
    }

    private Set<String> listsOf(int index, JsonNode item) {
        if (!item.has("recordList")) {
            return new LinkedHashSet<>(recordLists.ids());
        }
        String list = item.get("recordList").textValue();
        if (recordLists.find(list).isEmpty()) {
            throw Refusal.ofItem(index, "recordList is not among the record lists that are served");
        }
        return Set.of(list);
    }

    /** UUIDs are the same in upper and in lower case. */
    private static String sameness(Identifier identifier) {
        String value =
                switch (identifier.kind()) {
                    case RECORD -> identifier.value().toLowerCase(Locale.ROOT);
                    case PHONE, EXTERNAL -> identifier.value();
                };
        return identifier.kind() + "\n" + identifier.provider() + '\n' + value;
    }
}
