package io.recordsync.talkdesk;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.recordsync.deletion.Batch;
import io.recordsync.deletion.Confirmation;
import io.recordsync.deletion.Failure;
import io.recordsync.network.NetworkException;
import io.recordsync.oauth.TokenUnavailableException;
import io.recordsync.talkdesk.Verdict.Fate;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeException;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.Header;
import org.apache.hc.client5.http.ConnectTimeoutException;

/**
 * Reads the answer to a call by its status <em>and</em> its body: a 2xx alone is not success (Record Lists API, "Delete
 * records (bulk)").
 *
 * <p>What is said nowhere is read on the safe side: an answer that confirms nothing is asked again, one that cannot be
 * understood counts as an outage of something in between. Messages hold Talkdesk's code and its words without numbers that
 * could be a phone's. Thread-safe.
 */
public final class Verdicts {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern CODE = Pattern.compile("[\\w.-]{1,60}");
    private static final Pattern PHONE_LIKE = Pattern.compile("\\+?\\d[\\d ()./-]{5,}");

    private final Clock clock;

    public Verdicts(Clock clock) {
        this.clock = clock;
    }

    /** What the answer to the bulk call means for the batch. */
    public Verdict read(
            @Header(Exchange.HTTP_RESPONSE_CODE) int status,
            @Header("Retry-After") String retryAfter,
            @Body String body,
            @ExchangeProperty("batch") Batch batch,
            Exchange exchange) {
        String callId = exchange.getExchangeId();
        if (status >= 200 && status < 300) {
            return success(status, body, batch, callId);
        }
        Verdict verdict =
                switch (status) {
                    case 401 -> failed(
                            Fate.SERVICE_UNAVAILABLE,
                            "unauthorized",
                            status,
                            "Talkdesk refused a new access token too; check the client and its scope",
                            callId);
                    case 403 -> failed(Fate.LIST_UNAVAILABLE, "forbidden", status, said(body), callId);
                    case 404 -> json(body) == null
                            ? notTalkdesk(status, callId)
                            : failed(Fate.NOT_FOUND, "not_found", status, said(body), callId);
                    case 409, 425 -> failed(Fate.BUSY, "conflict", status, said(body), callId);
                    case 408 -> failed(Fate.SERVICE_UNAVAILABLE, "timeout", status, said(body), callId);
                    case 429 -> failed(Fate.SERVICE_UNAVAILABLE, "rate_limited", status, said(body), callId);
                    default -> status >= 400 && status < 500
                            ? failed(Fate.REFUSED, refusal(body), status, said(body), callId)
                            : failed(Fate.SERVICE_UNAVAILABLE, "unavailable", status, said(body), callId);
                };
        // 503 says that it was not done; the other ones, and the gateways' above all, do not know.
        boolean lost = status >= 500 && status != 503;
        return (lost ? verdict.lost() : verdict).retryAfter(RetryAfter.parse(retryAfter, clock));
    }

    /** What the answer of {@code GET /record-lists/{id}} means for a batch whose call was answered with 404. */
    public Verdict listAnswered(
            @Header(Exchange.HTTP_RESPONSE_CODE) int status,
            @Header("Retry-After") String retryAfter,
            @Body String body,
            @ExchangeProperty("batch") Batch batch,
            Exchange exchange) {
        String callId = exchange.getExchangeId();
        if (status == 200) {
            return failed(Fate.RECORDS_NOT_FOUND, "not_found", 404, "The list exists, so its records do not", callId);
        }
        if (status == 404 && json(body) == null) {
            return notTalkdesk(status, callId);
        }
        if (status == 404) {
            String message = "Record list " + batch.recordList() + " does not exist in Talkdesk";
            return failed(Fate.LIST_UNAVAILABLE, "list_gone", status, message, callId);
        }
        if (status == 403) {
            return failed(Fate.LIST_UNAVAILABLE, "forbidden", status, said(body), callId);
        }
        return failed(Fate.SERVICE_UNAVAILABLE, "unavailable", status, said(body), callId)
                .retryAfter(RetryAfter.parse(retryAfter, clock));
    }

    /** What it means that there was no answer: whether Talkdesk may have carried the call out. */
    public Verdict unanswered(@ExchangeException IOException failure, Exchange exchange) {
        String callId = exchange.getExchangeId();
        if (failure instanceof NetworkException) {
            String message = "Talkdesk cannot be reached: " + failure.getMessage();
            return failed(Fate.SERVICE_UNAVAILABLE, "unreachable", 0, message, callId);
        }
        // ConnectTimeoutException is an InterruptedIOException too, but nothing was sent yet.
        if (failure instanceof ConnectException
                || failure instanceof ConnectTimeoutException
                || failure instanceof UnknownHostException
                || failure instanceof NoRouteToHostException) {
            String message = "Talkdesk cannot be reached (" + failure.getClass().getSimpleName() + ")";
            return failed(Fate.SERVICE_UNAVAILABLE, "unreachable", 0, message, callId);
        }
        boolean timeout = failure instanceof InterruptedIOException;
        String message = timeout ? "No answer in time" : "The answer was cut off";
        return failed(
                        Fate.SERVICE_UNAVAILABLE,
                        timeout ? "timeout" : "connection_lost",
                        0,
                        message + " (" + failure.getClass().getSimpleName() + "); the call may have been carried out",
                        callId)
                .lost();
    }

    /** No call was made. */
    public Verdict withoutToken(@ExchangeException TokenUnavailableException failure, Exchange exchange) {
        return failed(Fate.SERVICE_UNAVAILABLE, "no_token", 0, failure.getMessage(), exchange.getExchangeId());
    }

    private Verdict success(int status, String body, Batch batch, String callId) {
        JsonNode answer = json(body);
        if (answer == null) {
            return notTalkdesk(status, callId).lost();
        }
        JsonNode failedRecords = answer.path("_embedded").path("failed_records");
        int errors = Math.max(answer.path("total_errors").asInt(0), failedRecords.size());
        int deleted = answer.path("total_deleted").asInt(0);
        if (answer.path("has_errors").asBoolean(false) || errors > 0) {
            List<String> ids = new ArrayList<>();
            failedRecords.forEach(record -> ids.add(record.path("id").asText()));
            Failure failure = new Failure("failed_record", status, "Talkdesk reports it as failed", callId);
            if (ids.isEmpty() || ids.size() < errors) {
                // Not all are named: which they are can only be found out by splitting.
                return Verdict.failed(Fate.REFUSED, failure);
            }
            return new Verdict(Fate.SOME_FAILED, null, failure, deleted, ids, null, false);
        }
        if (status != 200 || !answer.path("total_deleted").isIntegralNumber()) {
            return failed(
                    Fate.UNCONFIRMED,
                    "unconfirmed",
                    status,
                    "Talkdesk accepted the call and confirmed nothing",
                    callId);
        }
        boolean exact = deleted == batch.identifiers().size();
        return Verdict.confirmed(exact ? Confirmation.EXACT : Confirmation.BATCH, deleted);
    }

    /** A gateway's 404 would pass for Talkdesk's word that the records are not there. */
    private static Verdict notTalkdesk(int status, String callId) {
        return failed(
                Fate.SERVICE_UNAVAILABLE,
                "unreadable_answer",
                status,
                "A " + status + " whose body is not JSON (expected Talkdesk's; is talkdesk.api-url right, is a proxy in"
                        + " between?)",
                callId);
    }

    /** Null when it is not JSON; an empty object when it is empty. */
    private static JsonNode json(String body) {
        if (body == null || body.isBlank()) {
            return JSON.createObjectNode();
        }
        try {
            JsonNode answer = JSON.readTree(body);
            return answer.isObject() ? answer : null;
        } catch (JsonProcessingException e) {
            return null;
        }
    }

    private static Verdict failed(Fate fate, String code, int status, String message, String callId) {
        return Verdict.failed(fate, new Failure(code, status, message, callId));
    }

    private static String refusal(String body) {
        JsonNode answer = json(body);
        String code = answer == null ? "" : answer.path("code").asText();
        return CODE.matcher(code).matches() ? code : "refused";
    }

    private static String said(String body) {
        JsonNode answer = json(body);
        String message = answer == null ? "" : answer.path("message").asText();
        if (message.isBlank()) {
            return "Talkdesk gave no reason";
        }
        String shown = PHONE_LIKE.matcher(message).replaceAll("…");
        return "Talkdesk said: " + shown.substring(0, Math.min(shown.length(), 200));
    }
}
