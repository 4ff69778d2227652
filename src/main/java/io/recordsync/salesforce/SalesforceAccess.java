package io.recordsync.salesforce;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.recordsync.doctor.Answer;
import io.recordsync.inbox.Intakes;
import io.recordsync.network.HttpDate;
import io.recordsync.network.Looks;
import io.recordsync.network.RetryAfter;
import io.recordsync.oauth.AccessTokens;
import io.recordsync.oauth.Token;
import io.recordsync.salesforce.stream.PinnedOrg;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;

/**
 * The way to Salesforce's REST API: a token of the org that the inbox belongs to, and what an answer means.
 *
 * <p>Thread-safe.
 */
public final class SalesforceAccess {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MAX_ERROR_BYTES = 64 * 1024;
    private static final Pattern ERROR_CODE = Pattern.compile("[A-Z_]{1,60}");

    private final AccessTokens tokens;
    private final PinnedOrg org;
    private final LongSupplier nanoTime;
    /** Until when nothing is asked; null while nobody asked for that. */
    private volatile Rest rest;

    private record Rest(long until, int status) {}

    public SalesforceAccess(AccessTokens tokens, Intakes intakes) {
        this(tokens, intakes, System::nanoTime);
    }

    /** @param nanoTime as {@link System#nanoTime()} */
    SalesforceAccess(AccessTokens tokens, Intakes intakes, LongSupplier nanoTime) {
        this.tokens = tokens;
        this.org = new PinnedOrg(tokens, intakes);
        this.nanoTime = nanoTime;
    }

    /**
     * For a call that is made now.
     *
     * @throws IllegalStateException when the credentials lead to another org, or the org is unknown
     * @throws UncheckedIOException while Salesforce asks for no calls
     */
    public Token token() {
        Rest now = rest;
        if (now != null) {
            Duration left = Duration.ofNanos(now.until() - nanoTime.getAsLong());
            if (left.compareTo(Duration.ZERO) > 0) {
                String words = "Salesforce answered %s and asked for no calls; it is asked again in %s s"
                        .formatted(now.status(), left.toSeconds() + 1);
                throw new UncheckedIOException(words, new IOException(words));
            }
        }
        return org.token();
    }

    /**
     * Makes no more calls for as long as an answer asks for, of whatever node of Salesforce's or of what is in front of it.
     *
     * @param retryAfter null where there is none
     * @param date of the answer; null where there is none
     */
    public void heed(int status, String retryAfter, String date) {
        if (status != 200) {
            // By no clock at all a date is far ahead: the bound holds.
            RetryAfter.asked(retryAfter, date, tokens.serverTime().orElse(Instant.EPOCH))
                    .ifPresent(wait -> rest = new Rest(nanoTime.getAsLong() + wait.toNanos(), status));
        }
    }

    /** What time it is by Salesforce's clock, and not later, as a Date header says it; null until it has told its time once. */
    public String time() {
        return tokens.serverTime()
                .map(time -> DateTimeFormatter.RFC_1123_DATE_TIME.format(time.atOffset(ZoneOffset.UTC)))
                .orElse(null);
    }

    /**
     * The Date of an answer. Where something in between has taken it away or spoilt it, the time of the question: what the answer
     * says was so then.
     *
     * @param asked by {@link #time()}
     */
    public String date(String header, String asked) {
        return HttpDate.read(header).isPresent() ? header : asked;
    }

    /**
     * Lets an answer of 200 pass.
     *
     * @param location where a redirect points to; null where there is none
     * @throws RefusedException when asking again is of no use
     * @throws IOException when it may be; after a 401 a new token is fetched
     */
    public void check(Token token, int status, InputStream body, String location) throws IOException {
        if (status == 200) {
            return;
        }
        SaidError said = SaidError.of(status, body, location);
        if (status == 401 && !said.means("not valid for use with the REST API")) {
            tokens.drop(token.value());
        } else if (status >= 400 && status < 500 && status != 408 && status != 420 && status != 429 && !passes(said)) {
            throw new RefusedException(words(status, said), said.code());
        }
        throw new IOException(words(status, said));
    }

    /** One code stands for several things: of the limits, only that of a day does not pass at once. */
    private static boolean passes(SaidError said) {
        return said.code().equals("REQUEST_LIMIT_EXCEEDED") && said.means("Concurrent")
                || said.code().isEmpty() && said.means("Access Declined");
    }

    /** What another answer than 200 means, for a person. */
    static String refusal(Answer answer) {
        return words(answer.status(), SaidError.of(answer));
    }

    /** Likewise, of a question that the service itself never asks: without advice. */
    static String refusalAlone(Answer answer) {
        SaidError said = SaidError.of(answer);
        return said.code().isEmpty()
                ? words(answer.status(), said)
                : "Salesforce answered " + answer.status() + " " + said.code();
    }

    /** Whether an answer other than 200 says that the question was too much. */
    static boolean tookTooLong(Answer answer) {
        return SaidError.of(answer).code().equals("QUERY_TIMEOUT");
    }

    private static String words(int status, SaidError said) {
        if (said.code().isEmpty() && !passes(said)) {
            return "Salesforce answered " + status + " with " + said.looks()
                    + (said.description().isEmpty()
                            ? said.message().isEmpty() ? "" : "; is a proxy or firewall in between?"
                            : ", which says: " + said.description());
        }
        return "Salesforce answered " + status + (said.code().isEmpty() ? "" : " " + said.code()) + advice(said);
    }

    private static String advice(SaidError said) {
        if (passes(said)) {
            return ": too many calls at once";
        }
        if (said.means("not valid for use with the REST API")) {
            return ": give the app the scope api, and its user a session that the REST API takes";
        }
        return switch (said.code()) {
            case "INSUFFICIENT_ACCESS", "INSUFFICIENT_ACCESS_OR_READONLY" -> ": give the user View All on the entity";
            case "INVALID_TYPE" -> ": the user sees no such entity; check salesforce.entities, and that the user may read it";
            case "INVALID_FIELD" -> ": the entity has no such field, or the user may not see it";
            case "API_DISABLED_FOR_ORG", "API_CURRENTLY_DISABLED" -> ": enable the API for the user (API Enabled)";
            case "QUERY_TIMEOUT", "OPERATION_TOO_LARGE", "QUERY_TOO_COMPLICATED" -> ": it took Salesforce too long";
            case "INVALID_REPLICATION_DATE" -> ": the delete log does not know any of the time that was asked for";
            case "EXCEEDED_ID_LIMIT" -> ": too many deletions within two minutes";
            case "MALFORMED_QUERY" -> ": this version of the service and the org do not go together; report it";
            case "REQUEST_LIMIT_EXCEEDED" -> ": the org's API requests of 24 hours are used up";
            case "NOT_FOUND", "UNSUPPORTED_API_VERSION" -> ": check salesforce.api-version";
            default -> "";
        };
    }

    /**
     * An error as Salesforce gives it; the message is not for people, since it may quote what was asked.
     *
     * @param description the words of an authorization error, for people
     * @param looks what it was, where it has no code
     */
    private record SaidError(String code, String message, String description, String looks) {

        static SaidError of(Answer answer) {
            InputStream body = new ByteArrayInputStream(answer.body().getBytes(StandardCharsets.UTF_8));
            return of(answer.status(), body, answer.location());
        }

        static SaidError of(int status, InputStream body, String location) {
            String text = "";
            try {
                text = new String(body.readNBytes(MAX_ERROR_BYTES), StandardCharsets.UTF_8);
                JsonNode answer = JSON.readTree(text);
                // In a list as the guide has it; alone, as some calls answer it.
                JsonNode error = answer.isArray() ? answer.path(0) : answer;
                String code = error.path("errorCode").asText();
                String message = error.path("message").asText();
                String description = error.path("error_description").asText();
                return new SaidError(
                        ERROR_CODE.matcher(code).matches() ? code : "",
                        message.isEmpty() ? description : message,
                        Looks.said(description),
                        Looks.of(status, null, location, text));
            } catch (IOException | IllegalArgumentException e) {
                // Not JSON: a bare text, a proxy's page, or nothing.
                return new SaidError("", text, "", Looks.of(status, null, location, text));
            }
        }

        boolean means(String words) {
            return message.contains(words);
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
