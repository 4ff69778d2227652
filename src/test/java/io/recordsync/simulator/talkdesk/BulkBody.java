package io.recordsync.simulator.talkdesk;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The body of a bulk delete call, read as narrowly as the API page is written.
 *
 * <p>Either {@code items} are complete, or {@code mistakes} say what the page does not allow; where it is silent
 * (an empty array, an item twice, a phone number that is not E.164) the narrow reading is taken.
 */
record BulkBody(List<Item> items, List<Map<String, String>> mistakes) {

    static final int MOST_ITEMS = 100;

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private static final Pattern UUID =
            Pattern.compile("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}");
    private static final Pattern NOT_BLANK = Pattern.compile("\\S+");
    private static final Pattern PHONE_NUMBER = Pattern.compile("\\+[1-9]\\d{1,14}");

    static BulkBody read(byte[] body) {
        JsonNode root;
        try {
            root = JSON.readTree(body);
        } catch (JsonProcessingException e) {
            return wrong("body", "is not JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            return wrong("body", "is not JSON");
        }
        if (!root.isArray()) {
            return wrong("body", "must be an array");
        }
        if (root.isEmpty() || root.size() > MOST_ITEMS) {
            return wrong("body", "must have 1 to " + MOST_ITEMS + " items, has " + root.size());
        }
        return readItems(root);
    }

    private static BulkBody readItems(JsonNode root) {
        List<Item> items = new ArrayList<>();
        List<Map<String, String>> mistakes = new ArrayList<>();
        Set<Item> seen = new HashSet<>();
        for (int i = 0; i < root.size(); i++) {
            String name = "[" + i + "]";
            try {
                Item item = readItem(root.get(i));
                if (!seen.add(item)) {
                    throw new IllegalArgumentException("is there twice");
                }
                if (item.getClass() != items.stream().findFirst().orElse(item).getClass()) {
                    throw new IllegalArgumentException("has another form than the first item");
                }
                items.add(item);
            } catch (IllegalArgumentException e) {
                mistakes.add(mistake(name, e.getMessage()));
            }
        }
        return mistakes.isEmpty() ? new BulkBody(List.copyOf(items), List.of()) : new BulkBody(List.of(), mistakes);
    }

    private static Item readItem(JsonNode node) {
        if (!node.isObject()) {
            throw new IllegalArgumentException("must be an object");
        }
        Set<String> keys = new TreeSet<>();
        node.fieldNames().forEachRemaining(keys::add);
        if (keys.equals(Set.of("id"))) {
            return new Item.ById(text(node, "id", UUID));
        }
        if (keys.equals(Set.of("phone_number"))) {
            return new Item.ByPhoneNumber(text(node, "phone_number", PHONE_NUMBER));
        }
        if (keys.equals(Set.of("external_provider", "external_id"))) {
            return new Item.ByExternalId(
                    text(node, "external_provider", NOT_BLANK), text(node, "external_id", NOT_BLANK));
        }
        throw new IllegalArgumentException(
                "must have id, or phone_number, or external_provider and external_id, has " + keys);
    }

    private static String text(JsonNode node, String key, Pattern form) {
        JsonNode value = node.get(key);
        if (!value.isTextual() || !form.matcher(value.textValue()).matches()) {
            throw new IllegalArgumentException(key + " must be a string of the form " + form);
        }
        return value.textValue();
    }

    private static BulkBody wrong(String name, String description) {
        return new BulkBody(List.of(), List.of(mistake(name, description)));
    }

    private static Map<String, String> mistake(String name, String description) {
        return Map.of("name", name, "description", description);
    }
}
