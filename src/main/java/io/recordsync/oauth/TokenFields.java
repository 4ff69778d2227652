package io.recordsync.oauth;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.regex.Pattern;

/**
 * The fields of a token answer (RFC 6749, 5.1), as servers write them: a number may be a text, a scope a list, and what is of no
 * use counts as absent.
 */
final class TokenFields {

    private static final Pattern PRINTABLE = Pattern.compile("[!-~]+");
    private static final Pattern SECONDS = Pattern.compile("[0-9]{1,30}([.][0-9]{1,30})?");
    private static final Duration MAX_LIFE = Duration.ofDays(1);

    private TokenFields() {}

    /** A token that can go into a header. */
    static Optional<String> accessToken(JsonNode answer) {
        return Optional.of(text(answer, "access_token"))
                .filter(token -> PRINTABLE.matcher(token).matches());
    }

    /** How long the token lasts: {@code expires_in} where it is above zero, a day at most. */
    static Duration life(JsonNode answer, Duration otherwise) {
        JsonNode said = answer.path("expires_in");
        String text = said.isTextual() ? said.asText().strip() : "";
        double seconds =
                said.isNumber() ? said.doubleValue() : SECONDS.matcher(text).matches() ? Double.parseDouble(text) : 0;
        if (!(seconds > 0)) {
            return otherwise;
        }
        return seconds < MAX_LIFE.toSeconds() ? Duration.ofMillis((long) Math.max(1000, seconds * 1000)) : MAX_LIFE;
    }

    /** What was granted, with a blank between two; null where it is not said. */
    static String scope(JsonNode answer) {
        JsonNode said = answer.path("scope");
        StringJoiner scopes = new StringJoiner(" ");
        if (said.isArray()) {
            said.forEach(scope -> scopes.add(scope.isTextual() ? scope.asText() : ""));
        } else {
            scopes.add(text(answer, "scope"));
        }
        String all = scopes.toString().replaceAll("[\\s,]+", " ").strip();
        return all.isEmpty() ? null : all;
    }

    /** Empty when it is anything but a text. */
    static String text(JsonNode answer, String field) {
        return answer.path(field).isTextual() ? answer.path(field).asText() : "";
    }
}
