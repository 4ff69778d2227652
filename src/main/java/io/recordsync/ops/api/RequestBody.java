package io.recordsync.ops.api;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Set;
import java.util.TreeSet;

/** Reads the JSON that a caller sent, strictly: no key twice, nothing after the end, no key that is not known. */
final class RequestBody {

    private static final ObjectMapper STRICT = new ObjectMapper()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private RequestBody() {}

    static JsonNode read(byte[] body) {
        try {
            return STRICT.readTree(body == null ? new byte[0] : body);
        } catch (JsonProcessingException e) {
            // Not its message, which quotes the body.
            String place = e.getLocation() == null
                    ? ""
                    : " at line %s, column %s"
                            .formatted(
                                    e.getLocation().getLineNr(), e.getLocation().getColumnNr());
            throw Refusal.of(400, "The body is not JSON, or has a key twice" + place);
        } catch (IOException e) {
            throw Refusal.of(400, "The body is not JSON in UTF-8");
        }
    }

    /** An object that has no keys but these. */
    static JsonNode readObject(byte[] body, Set<String> keys) {
        JsonNode object = read(body);
        Set<String> unknown = new TreeSet<>();
        object.fieldNames().forEachRemaining(unknown::add);
        unknown.removeAll(keys);
        if (!object.isObject() || !unknown.isEmpty()) {
            throw Refusal.of(400, "Expected a JSON object with no keys but " + new TreeSet<>(keys));
        }
        return object;
    }

    /** Likewise; an empty body is an empty object. */
    static JsonNode readObjectOrNothing(byte[] body, Set<String> keys) {
        return body == null || body.length == 0 ? STRICT.createObjectNode() : readObject(body, keys);
    }

    /** A string of 1 to {@value Query#MAX_CHARACTERS} characters; null when the key is absent. */
    static String text(JsonNode object, String key) {
        JsonNode value = object.get(key);
        if (value == null) {
            return null;
        }
        if (!value.isTextual()
                || value.textValue().isBlank()
                || value.textValue().length() > Query.MAX_CHARACTERS) {
            throw Refusal.of(
                    400, "%s is expected to be a string of 1 to %s characters".formatted(key, Query.MAX_CHARACTERS));
        }
        return value.textValue();
    }
}
