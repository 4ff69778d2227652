package io.recordsync.ops.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.recordsync.inbox.InboxException;
import io.vertx.core.http.HttpServerResponse;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The answer to a request that failed: {@code application/problem+json} (RFC 9457).
 *
 * <p>A {@link Refusal} goes out as it is; a database that fails is a 503, to be tried again; anything else is a bug,
 * logged with its stack and answered with a bare 500.
 */
public final class ProblemAnswer {

    private static final Logger LOG = LoggerFactory.getLogger(ProblemAnswer.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TYPE = "application/problem+json";
    private static final String BASIC = "Basic realm=\"salesforce-talkdesk-sync\", charset=\"UTF-8\"";

    public void write(Exchange exchange) throws JsonProcessingException {
        Exception failure = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        Message answer = exchange.getMessage();
        Problem problem = new Problem(status(failure), detail(failure), index(failure));
        if (problem.status() == 401) {
            answer.setHeader("WWW-Authenticate", BASIC);
        }
        answer.setHeader(Exchange.HTTP_RESPONSE_CODE, problem.status());
        answer.setHeader(Exchange.CONTENT_TYPE, TYPE);
        answer.setBody(JSON.writeValueAsString(problem));
    }

    /** Where no route has a part in it: the request's body is not read, so that the connection is of no more use. */
    static void write(Refusal refusal, HttpServerResponse response) {
        if (refusal.status() == 401) {
            response.putHeader("WWW-Authenticate", BASIC);
        }
        try {
            response.setStatusCode(refusal.status())
                    .putHeader("Content-Type", TYPE)
                    .putHeader("Connection", "close")
                    .end(JSON.writeValueAsString(new Problem(refusal.status(), refusal.getMessage(), refusal.index())));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A refusal could not be written", e);
        }
    }

    /** {@code index}: of the item with the mistake, where the mistake is in one item. */
    private record Problem(int status, String detail, @JsonInclude(JsonInclude.Include.NON_NULL) Integer index) {}

    private static Integer index(Exception failure) {
        return failure instanceof Refusal refusal ? refusal.index() : null;
    }

    private static int status(Exception failure) {
        if (failure instanceof Refusal refusal) {
            return refusal.status();
        }
        return failure instanceof InboxException ? 503 : 500;
    }

    private static String detail(Exception failure) {
        if (failure instanceof Refusal) {
            return failure.getMessage();
        }
        if (failure instanceof InboxException) {
            LOG.warn("A request was answered with 503, because the database failed: {}", failure.getMessage());
            return "The database failed; try again";
        }
        LOG.error("A request failed unexpectedly and was answered with 500", failure);
        return "The service failed; its log says how";
    }
}
