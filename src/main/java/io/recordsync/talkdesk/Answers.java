package io.recordsync.talkdesk;

import com.fasterxml.jackson.databind.JsonNode;
import io.recordsync.deletion.Batch;
import io.recordsync.deletion.Confirmation;
import io.recordsync.deletion.Failure;
import io.recordsync.delivery.Reading;
import io.recordsync.delivery.Reading.Meaning;
import io.recordsync.network.HttpBounds;
import io.recordsync.network.Looks;
import io.recordsync.network.NetworkException;
import io.recordsync.network.RetryAfter;
import io.recordsync.network.UnreadableAnswerException;
import io.recordsync.oauth.TokenUnavailableException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
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
 * <p>What no page says is read on the safe side: an answer that confirms nothing is no confirmation, and one that has not
 * Talkdesk's own {@link Shape} was given by something in between: nothing is concluded from it. Messages hold Talkdesk's code, and its words without numbers that could be a phone's. Thread-safe.
 */
public final class Answers {

    private static final long MAX_BYTES = 1 << 20;
    /** A hundred records, each with data of its own. */
    private static final long MAX_PAGE_BYTES = 8 << 20;

    private static final String UNREADABLE_ANSWER = "unreadable_answer";
    private static final Pattern CODE = Pattern.compile("[\\w.-]{1,60}");

    private final Clock clock;
    private final Duration retryAfterMax;

    /** @param retryAfterMax a longer {@code Retry-After} is cut to this */
    public Answers(Clock clock, Duration retryAfterMax) {
        this.clock = clock;
        this.retryAfterMax = retryAfterMax;
    }

    /** How long a call may take, and how large its answer may be: a page of records is larger than any other. */
    public static HttpBounds.Bounds bounds(String path, Duration timeout) {
        boolean page = path.endsWith("/records") || path.endsWith("/records/") || path.endsWith("/schedule-callbacks");
        return new HttpBounds.Bounds(timeout, page ? MAX_PAGE_BYTES : MAX_BYTES);
    }

    /** What the answer to the bulk call means for the batch. */
    public Reading read(@Body Reply reply, @ExchangeProperty("batch") Batch batch, Exchange exchange) {
        if (reply.absence() != null) {
            return reply.absence();
        }
        int status = reply.status();
        String callId = exchange.getExchangeId();
        if (status >= 200 && status < 300) {
            return success(reply, batch, callId);
        }
        return error(reply, callId);
    }

    private Reading error(Reply reply, String callId) {
        JsonNode body = Shape.object(reply.body());
        // Nothing is concluded from it, but its words may be what a person needs.
        String words = Shape.describesError(body) ? Said.behind(body) : "";
        return error(reply, foreign(reply) + words, callId);
    }

    /** @param foreign what the answer looks like, for where it is not Talkdesk's own */
    private Reading error(Reply reply, String foreign, String callId) {
        int status = reply.status();
        JsonNode body = Shape.object(reply.body());
        boolean own = Shape.isError(status, body);
        // 503 says that it was not done; the other ones, and the gateways' above all, do not know.
        boolean lost = status >= 500 && status != 503;
        Reading reading;
        if (!own && status == 413) {
            reading = failed(Meaning.TOO_LARGE, UNREADABLE_ANSWER, status, foreign, callId);
        } else if (!own && status != 429 && status != 503) {
            reading = failed(Meaning.UNREADABLE, UNREADABLE_ANSWER, status, foreign, callId);
        } else {
            // Whoever asks to wait with 429 or 503 is obeyed: nothing else is concluded from it.
            String said = own ? Said.of(body) : foreign;
            reading = switch (status) {
                case 401 -> failed(
                        Meaning.SERVICE_UNAVAILABLE,
                        "unauthorized",
                        status,
                        "Talkdesk refused a new access token too; check the client and its scope" + Said.behind(body),
                        callId);
                case 403 -> failed(Meaning.LIST_UNAVAILABLE, "forbidden", status, said, callId);
                case 404 -> failed(Meaning.NOT_FOUND, "not_found", status, said, callId);
                case 409, 425 -> failed(Meaning.BUSY, "conflict", status, said, callId);
                case 408 -> failed(Meaning.SERVICE_UNAVAILABLE, "timeout", status, said, callId);
                case 429 -> failed(Meaning.SERVICE_UNAVAILABLE, "rate_limited", status, said, callId);
                default -> status >= 400 && status < 500
                        ? failed(Meaning.REFUSED, refusal(body), status, said, callId)
                        : failed(Meaning.SERVICE_UNAVAILABLE, "unavailable", status, said, callId);
            };
        }
        return (lost ? reading.lost() : reading).retryAfter(RetryAfter.parse(reply.retryAfter(), clock, retryAfterMax));
    }

    /**
     * What the answer of {@code GET /record-lists/{id}} means for a batch whose call was answered with 404, or with nothing.
     *
     * @param before what the answer to the call meant
     */
    public Reading readList(
            @Body Reply reply,
            @ExchangeProperty("batch") Batch batch,
            @ExchangeProperty("reading") Reading before,
            Exchange exchange) {
        Reading absence = reply.absence();
        if (absence != null) {
            // Nothing was asked that could be too large.
            return absence.meaning() == Meaning.TOO_LARGE
                    ? Reading.failed(Meaning.UNREADABLE, absence.failure())
                    : absence;
        }
        int status = reply.status();
        String callId = exchange.getExchangeId();
        if (status == 200 && Shape.isOf(batch.recordList(), Shape.object(reply.body()))) {
            return before != null && before.meaning() == Meaning.NOTHING_SAID
                    ? Reading.failed(Meaning.UNCONFIRMED, before.failure())
                    : failed(
                            Meaning.RECORDS_NOT_FOUND,
                            "not_found",
                            404,
                            "The list exists, so its records do not",
                            callId);
        }
        Reading error = error(reply, callId);
        return switch (error.meaning()) {
            case NOT_FOUND -> failed(
                    Meaning.LIST_UNAVAILABLE,
                    "list_gone",
                    status,
                    "Record list " + batch.recordList() + " does not exist in Talkdesk",
                    callId);
            case LIST_UNAVAILABLE, UNREADABLE, SERVICE_UNAVAILABLE -> error;
            case TOO_LARGE -> failed(Meaning.UNREADABLE, UNREADABLE_ANSWER, status, foreign(reply), callId);
                // Nothing was asked that could be refused, or in conflict.
            default -> Reading.failed(Meaning.SERVICE_UNAVAILABLE, error.failure())
                    .retryAfter(error.retryAfter());
        };
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
        if (failure instanceof UnreadableAnswerException answered) {
            return Reply.unanswered(unreadable(answered, callId));
        }
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

    private Reading unreadable(UnreadableAnswerException answered, String callId) {
        int status = answered.status();
        String message = "A " + status + " with " + answered.looks() + ": not Talkdesk's own answer";
        return status >= 400
                ? error(new Reply(status, null, null, null, null, true, null), message, callId)
                : failed(Meaning.UNREADABLE, UNREADABLE_ANSWER, status, message, callId)
                        .lost();
    }

    private static Reply unreachable(String message, String callId) {
        return Reply.unanswered(failed(Meaning.SERVICE_UNAVAILABLE, "unreachable", 0, message, callId));
    }

    private Reading success(Reply reply, Batch batch, String callId) {
        int status = reply.status();
        String body = reply.body();
        JsonNode json = Shape.object(body);
        if (body == null || body.isBlank() || json.isObject() && json.isEmpty()) {
            return failed(
                    Meaning.NOTHING_SAID, "unconfirmed", status, "The call was answered with nothing at all", callId);
        }
        Optional<BulkAnswer> read = BulkAnswer.read(json, batch);
        if (read.isEmpty()) {
            return failed(Meaning.UNREADABLE, UNREADABLE_ANSWER, status, foreign(reply), callId)
                    .lost();
        }
        BulkAnswer answer = read.get();
        int asked = batch.identifiers().size();
        if (answer.moreThanAsked(batch)) {
            String message = "Talkdesk says that it deleted " + answer.deleted().getAsLong() + " records for " + asked
                    + " that were asked for; nothing more is sent to this list until a person goes on";
            return failed(Meaning.MORE_THAN_ASKED, "more_than_asked", status, message, callId)
                    .lost();
        }
        int deleted = (int) answer.deleted().orElse(0);
        if (answer.errors() > 0) {
            Failure failure = new Failure("failed_record", status, "Talkdesk reports it as failed", callId);
            // Where not all are named, which they are can only be found out by splitting.
            boolean asksFor = answer.namesAll() && answer.failedRecords().size() <= asked;
            return asksFor
                    ? Reading.someFailed(failure, deleted, answer.failedRecords())
                    : Reading.failed(Meaning.REFUSED, failure);
        }
        if (status != 200 || answer.deleted().isEmpty()) {
            return failed(
                    Meaning.UNCONFIRMED,
                    "unconfirmed",
                    status,
                    "Talkdesk accepted the call and confirmed nothing",
                    callId);
        }
        return Reading.confirmed(deleted == asked ? Confirmation.EXACT : Confirmation.BATCH, deleted);
    }

    private static String foreign(Reply reply) {
        return Shape.foreign(
                reply.status(), Looks.of(reply.status(), reply.contentType(), reply.location(), reply.body()));
    }

    private static Reading failed(Meaning meaning, String code, int status, String message, String callId) {
        return Reading.failed(meaning, new Failure(code, status, message, callId));
    }

    private static String refusal(JsonNode body) {
        String code = body.path("code").asText();
        return CODE.matcher(code).matches() ? code : "refused";
    }
}
