package io.recordsync.simulator.talkdesk;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What is written on the wire for one request: status, content type, further headers and body. */
record Reply(int status, String contentType, Map<String, String> headers, byte[] body) {

    private static final ObjectMapper JSON = new ObjectMapper();

    static Reply json(int status, Object body) {
        try {
            return new Reply(status, "application/json", Map.of(), JSON.writeValueAsBytes(body));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("Not writable as JSON: " + body, e);
        }
    }

    static Reply text(int status, String contentType, String body) {
        return new Reply(status, contentType, Map.of(), body.getBytes(StandardCharsets.UTF_8));
    }

    /** The error body of the API page: {@code code}, {@code message}, and {@code fields} where there are any. */
    static Reply error(int status, String code, String message, List<Map<String, String>> fields) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("code", code);
        body.put("message", message);
        if (!fields.isEmpty()) {
            body.put("description", "See fields");
            body.put("fields", fields);
        }
        return json(status, body);
    }

    static Reply error(int status, String code, String message) {
        return error(status, code, message, List.of());
    }

    Reply with(Map<String, String> moreHeaders) {
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.putAll(moreHeaders);
        return new Reply(status, contentType, all, body);
    }
}
