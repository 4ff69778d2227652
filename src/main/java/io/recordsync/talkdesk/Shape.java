package io.recordsync.talkdesk;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The shapes that Talkdesk's own answers have: what lacks them was answered by something in between.
 *
 * <p>An error carries {@code code} and {@code message}, both texts; an authorization error {@code error} (Record Lists API,
 * "Errors"). A gateway's JSON has often one of them, or numbers.
 */
final class Shape {

    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    /** A word of OAuth, as {@code insufficient_scope}: web frameworks say {@code "error": "Not Found"}. */
    private static final Pattern AUTHORIZATION_ERROR = Pattern.compile("[a-z]+(_[a-z]+)*");
    /** The statuses that an authorization error can come with. */
    private static final Set<Integer> AUTHORIZATION = Set.of(400, 401, 403);

    private Shape() {}

    /** The JSON object that a body is; missing when it is anything else. */
    static JsonNode object(String body) {
        if (body == null || body.isBlank()) {
            return MissingNode.getInstance();
        }
        try {
            // Some write a byte order mark before it.
            JsonNode answer = JSON.readTree(body.startsWith("\uFEFF") ? body.substring(1) : body);
            return answer != null && answer.isObject() ? answer : MissingNode.getInstance();
        } catch (JsonProcessingException e) {
            // Not passed on: its message may quote the body.
            return MissingNode.getInstance();
        }
    }

    /** Whether it is an error in Talkdesk's own form. */
    static boolean isError(int status, JsonNode answer) {
        boolean coded = isText(answer.path("code")) && answer.path("message").isTextual();
        return coded
                || AUTHORIZATION.contains(status)
                        && AUTHORIZATION_ERROR
                                .matcher(answer.path("error").asText())
                                .matches()
                        && isAbsentOrText(answer.path("error_description"));
    }

    /** Whether it describes an error as authorization servers do, with whatever status. */
    static boolean describesError(JsonNode answer) {
        return isText(answer.path("error")) && isText(answer.path("error_description"));
    }

    /** Whether it shows the thing that was asked for, by its own id. */
    static boolean isOf(String id, JsonNode answer) {
        return isText(answer.path("id")) && answer.path("id").asText().equalsIgnoreCase(id);
    }

    /** Whether it names this record list, or none. */
    static boolean isOfList(String recordList, JsonNode answer) {
        JsonNode named = answer.path("record_list_id");
        return isAbsent(named) || named.isTextual() && named.asText().equalsIgnoreCase(recordList);
    }

    static boolean isAbsent(JsonNode node) {
        return node.isMissingNode() || node.isNull();
    }

    /** What was answered instead, for a person. */
    static String foreign(int status, String looks) {
        return "A " + status + " with " + looks + ": not Talkdesk's own answer"
                + " (is talkdesk.api-url right, is a proxy or firewall in between?)";
    }

    private static boolean isText(JsonNode node) {
        return node.isTextual() && !node.asText().isBlank();
    }

    private static boolean isAbsentOrText(JsonNode node) {
        return isAbsent(node) || node.isTextual();
    }
}
