package io.recordsync.talkdesk;

import com.fasterxml.jackson.databind.JsonNode;
import io.recordsync.network.Looks;

/**
 * What Talkdesk says of an error in its own words, on one line, without what may be a phone number or a token: {@code message}, or
 * {@code error_description} of an authorization error.
 */
final class Said {

    private Said() {}

    /** For a person. */
    static String of(JsonNode error) {
        String words = words(error);
        return words.isEmpty() ? "Talkdesk gave no reason" : "Talkdesk said: " + words;
    }

    /** Behind other words; empty when it says nothing. */
    static String behind(JsonNode error) {
        String words = words(error);
        return words.isEmpty() ? "" : "; Talkdesk said: " + words;
    }

    private static String words(JsonNode error) {
        String message = text(error, "message");
        String description = message.isEmpty() ? text(error, "error_description") : message;
        return description.isEmpty() ? text(error, "error") : description;
    }

    private static String text(JsonNode error, String field) {
        return error.path(field).isTextual() ? Looks.said(error.path(field).asText()) : "";
    }
}
