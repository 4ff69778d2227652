package io.recordsync.talkdesk;

import io.recordsync.delivery.Reading;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Header;

/**
 * What a call brought back: an answer as it came over the wire, or, without one, what that means.
 *
 * @param status of the answer; 0 without one
 * @param retryAfter the header {@code Retry-After}; null when it is absent
 * @param contentType of the body; null when it is absent
 * @param location where a redirect points to; likewise
 * @param called whether a request was made
 * @param absence what it means that there is no answer; null when there is one
 */
public record Reply(
        int status,
        String retryAfter,
        String contentType,
        String location,
        String body,
        boolean called,
        Reading absence) {

    public static Reply of(
            @Header(Exchange.HTTP_RESPONSE_CODE) int status,
            @Header("Retry-After") String retryAfter,
            @Header(Exchange.CONTENT_TYPE) String contentType,
            @Header("Location") String location,
            @Body String body) {
        return new Reply(status, retryAfter, contentType, location, body, true, null);
    }

    static Reply notCalled(Reading absence) {
        return new Reply(0, null, null, null, null, false, absence);
    }

    static Reply unanswered(Reading absence) {
        return new Reply(0, null, null, null, null, true, absence);
    }

    /** Says everything but the body, which is not to be logged. */
    @Override
    public String toString() {
        return "Reply[status=" + status + ", called=" + called + ", absence=" + absence + "]";
    }
}
