package io.recordsync.salesforce;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.recordsync.inbox.Intakes;
import io.recordsync.oauth.AccessTokens;
import io.recordsync.oauth.Token;
import io.recordsync.salesforce.stream.PinnedOrg;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * The way to Salesforce's REST API: a token of the org that the inbox belongs to, and what an answer means.
 *
 * <p>Thread-safe.
 */
public final class SalesforceAccess {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern ERROR_CODE = Pattern.compile("[A-Z_]{1,60}");

    private final AccessTokens tokens;
    private final PinnedOrg org;

    public SalesforceAccess(AccessTokens tokens, Intakes intakes) {
        this.tokens = tokens;
        this.org = new PinnedOrg(tokens, intakes);
    }

    /** @throws IllegalStateException when the credentials lead to another org, or the org is unknown */
    public Token token() {
        return org.token();
    }

    /**
     * Lets an answer of 200 pass.
     *
     * @throws RefusedException when asking again is of no use
     * @throws IOException when it may be; after a 401 a new token is fetched
     */
    public void check(Token token, int status, InputStream body) throws IOException {
        if (status == 200) {
            return;
        }
        String code = errorCode(body);
        if (status == 401) {
            tokens.drop(token.value());
        } else if (status >= 400 && status < 500 && status != 408 && status != 420 && status != 429) {
            throw new RefusedException(words(status, code), code);
        }
        throw new IOException(words(status, code));
    }

    /** What another answer than 200 means, for a person. */
    static String refusal(int status, String body) {
        return words(status, errorCode(new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8))));
    }

    private static String words(int status, String code) {
        return "Salesforce answered " + status + (code.isEmpty() ? "" : " " + code) + advice(code);
    }

    private static String advice(String code) {
        return switch (code) {
            case "INVALID_TYPE", "INVALID_FIELD", "INSUFFICIENT_ACCESS" -> ": give the user View All on the entity";
            case "API_DISABLED_FOR_ORG" -> ": enable the API for the user";
            case "REQUEST_LIMIT_EXCEEDED" -> ": the org's API requests of 24 hours are used up";
            case "NOT_FOUND", "UNSUPPORTED_API_VERSION" -> ": check salesforce.api-version";
            default -> "";
        };
    }

    private static String errorCode(InputStream body) {
        try {
            JsonNode errors = JSON.readTree(body);
            String code = errors.path(0).path("errorCode").asText();
            return ERROR_CODE.matcher(code).matches() ? code : "";
        } catch (IOException | IllegalArgumentException e) {
            // Not JSON: a proxy's page, or nothing.
            return "";
        }
    }

    /** A call that Salesforce refuses however often it is made. */
    public static final class RefusedException extends IOException {

        private final String code;

        RefusedException(String message, String code) {
            super(message);
            this.code = code;
        }

        /** Salesforce's {@code errorCode}; empty when it gave none. */
        public String code() {
            return code;
        }
    }
}
