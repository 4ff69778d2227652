package io.recordsync.talkdesk;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.recordsync.deletion.Batch;
import io.recordsync.deletion.Confirmation;
import io.recordsync.deletion.Failure;
import io.recordsync.delivery.Reading;
import io.recordsync.delivery.Reading.Meaning;
import io.recordsync.network.NetworkException;
import io.recordsync.oauth.TokenUnavailableException;
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
import org.apache.hc.client5.http.ConnectTimeoutException;

/**
 * The reader of Talkdesk's answers: by their status <em>and</em> their body, because a 2xx alone is not success (Record Lists
 * API, "Delete records (bulk)").
 *
 * <p>What no page says is read on the safe side: an answer that confirms nothing is no confirmation, and one that is not JSON
 * is not Talkdesk's. Messages hold Talkdesk's code, and its words without numbers that could be a phone's. Thread-safe.
 */
public final class Answers {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern CODE = Pattern.compile("[\\w.-]{1,60}");
    private static final Pattern PHONE_LIKE = Pattern.compile("\\+?\\d[\\d ()./-]{5,}");

    private final Clock clock;

    public Answers(Clock clock) {
        this.clock = clock;
    }

    /** What the answer to the bulk call means for the batch. */
    public Reading read(@Body Reply reply, @ExchangeProperty("batch") Batch batch, Exchange exchange) {
        if (reply.absence() != null) {
            return reply.absence();
        }
        int status = reply.status();
        String body = reply.body();
        String callId = exchange.getExchangeId();
        if (status >= 200 && status < 300) {
            return success(status, body, batch, callId);
        }
        Reading reading =
                switch (status) {
                    case 401 -> failed(
                            Meaning.SERVICE_UNAVAILABLE,
                            "unauthorized",
                            status,
                            "Talkdesk refused a new access token too; check the client and its scope",
                            callId);
                    case 403 -> failed(Meaning.LIST_UNAVAILABLE, "forbidden", status, said(body), callId);
                    case 404 -> json(body) == null
                            ? notTalkdesk(status, callId)
                            : failed(Meaning.NOT_FOUND, "not_found", status, said(body), callId);
                    case 409, 425 -> failed(Meaning.BUSY, "conflict", status, said(body), callId);
                    case 408 -> failed(Meaning.SERVICE_UNAVAILABLE, "timeout", status, said(body), callId);
                    case 429 -> failed(Meaning.SERVICE_UNAVAILABLE, "rate_limited", status, said(body), callId);
                    default -> status >= 400 && status < 500
                            ? failed(Meaning.REFUSED, refusal(body), status, said(body), callId)
                            : failed(Meaning.SERVICE_UNAVAILABLE, "unavailable", status, said(body), callId);
                };
        // 503 says that it was not done; the other ones, and the gateways' above all, do not know.
        boolean lost = status >= 500 && status != 503;
        return (lost ? reading.lost() : reading).retryAfter(RetryAfter.parse(reply.retryAfter(), clock));
    }

    /** What the answer of {@code GET /record-lists/{id}} means for a batch whose call was answered with 404. */
    public Reading readList(@Body Reply reply, @ExchangeProperty("batch") Batch batch, Exchange exchange) {
        if (reply.absence() != null) {
            return reply.absence();
        }
        int status = reply.status();
        String body = reply.body();
        String callId = exchange.getExchangeId();
        if (status == 200) {
            return failed(
                    Meaning.RECORDS_NOT_FOUND, "not_found", 404, "The list exists, so its records do not", callId);
        }
        if (status == 404 && json(body) == null) {
            return notTalkdesk(status, callId);
        }
        if (status == 404) {
            String message = "Record list " + batch.recordList() + " does not exist in Talkdesk";
            return failed(Meaning.LIST_UNAVAILABLE, "list_gone", status, message, callId);
        }
        if (status == 403) {
            return failed(Meaning.LIST_UNAVAILABLE, "forbidden", status, said(body), callId);
        }
        return failed(Meaning.SERVICE_UNAVAILABLE, "unavailable", status, said(body), callId)
                .retryAfter(RetryAfter.parse(reply.retryAfter(), clock));
    }

    /** No call was made, for there is no token. */
    public Reply withoutToken(@ExchangeException TokenUnavailableException failure, Exchange exchange) {
        return Reply.notCalled(
                failed(Meaning.SERVICE_UNAVAILABLE, "no_token", 0, failure.getMessage(), exchange.getExchangeId()));
    }

    /** No call was made, for it was not the time. */
    public Reply notSent() {
        return Reply.notCalled(Reading.notSent());
    }

    /** There was no answer; what counts is whether Talkdesk may have carried the call out. */
    public Reply unanswered(@ExchangeException IOException failure, Exchange exchange) {
        String callId = exchange.getExchangeId();
        String name = failure.getClass().getSimpleName();
        if (failure instanceof NetworkException) {
            return unreachable("Talkdesk cannot be reached: " + failure.getMessage(), callId);
        }
        // ConnectTimeoutException is an InterruptedIOException too, but nothing was sent yet.
        if (failure instanceof ConnectException
                || failure instanceof ConnectTimeoutException
                || failure instanceof UnknownHostException
                || failure instanceof NoRouteToHostException) {
            return unreachable("Talkdesk cannot be reached (" + name + ")", callId);
        }
        boolean timeout = failure instanceof InterruptedIOException;
        String message = (timeout ? "No answer in time" : "The answer was cut off") + " (" + name
                + "); the call may have been carried out";
        String code = timeout ? "timeout" : "connection_lost";
        return Reply.unanswered(
                failed(Meaning.SERVICE_UNAVAILABLE, code, 0, message, callId).lost());
    }

    private static Reply unreachable(String message, String callId) {
        return Reply.unanswered(failed(Meaning.SERVICE_UNAVAILABLE, "unreachable", 0, message, callId));
    }

    private Reading success(int status, String body, Batch batch, String callId) {
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
                return Reading.failed(Meaning.REFUSED, failure);
            }
            return Reading.someFailed(failure, deleted, ids);
        }
        if (status != 200 || !answer.path("total_deleted").isIntegralNumber()) {
            return failed(
                    Meaning.UNCONFIRMED,
                    "unconfirmed",
                    status,
                    "Talkdesk accepted the call and confirmed nothing",
                    callId);
        }
        boolean exact = deleted == batch.identifiers().size();
        return Reading.confirmed(exact ? Confirmation.EXACT : Confirmation.BATCH, deleted);
    }

    /** A gateway's 404 would pass for Talkdesk's word that the records are not there. */
    private static Reading notTalkdesk(int status, String callId) {
        return failed(
                Meaning.UNREADABLE,
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

    private static Reading failed(Meaning meaning, String code, int status, String message, String callId) {
        return Reading.failed(meaning, new Failure(code, status, message, callId));
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
