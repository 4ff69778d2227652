package io.recordsync.talkdesk;

import com.fasterxml.jackson.databind.JsonNode;
import io.recordsync.doctor.Answer;
import io.recordsync.doctor.Asker;
import io.recordsync.doctor.Exam;
import io.recordsync.doctor.Findings;
import io.recordsync.network.Outbound;
import io.recordsync.oauth.AccessTokens;
import io.recordsync.oauth.Token;
import io.recordsync.oauth.TokenUnavailableException;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** Whether callbacks can be read, and cancelled where that is set: each scope is asked for by itself, so that it is known which is missing. */
public final class CallbacksExam implements Exam {

    private static final String READ = "talkdesk callbacks";
    private static final String CANCEL = "talkdesk callbacks cancel";

    private final Asker asker;
    private final AccessTokens reading;
    private final AccessTokens cancelling;
    private final String apiUrl;
    private final boolean cancels;

    /** @param cancels {@code talkdesk.callbacks = cancel} */
    public CallbacksExam(
            Outbound outbound,
            AccessTokens reading,
            AccessTokens cancelling,
            String apiUrl,
            Duration timeout,
            boolean cancels) {
        this.asker = new Asker(outbound, timeout);
        this.reading = reading;
        this.cancelling = cancelling;
        this.apiUrl = apiUrl;
        this.cancels = cancels;
    }

    @Override
    public void examine(Findings findings) {
        token(findings, READ, reading, "schedule-callbacks:read").ifPresent(token -> read(findings, token));
        if (cancels) {
            // Nothing is cancelled to find out.
            token(findings, CANCEL, cancelling, "schedule-callbacks:write")
                    .ifPresent(token -> findings.ok(CANCEL, "a token is given for " + token.scope()));
        }
    }

    private static Optional<Token> token(Findings findings, String check, AccessTokens tokens, String scope) {
        try {
            return Optional.of(tokens.token());
        } catch (TokenUnavailableException e) {
            findings.warn(
                    check,
                    e.getMessage() + " → grant " + scope
                            + " to the client in Talkdesk (it takes minutes); deletions do not need it");
            return Optional.empty();
        }
    }

    private void read(Findings findings, Token token) {
        try {
            Answer answer =
                    asker.get(apiUrl + "/schedule-callbacks?status=UNATTEMPTED&page=1&per_page=1", token.value());
            JsonNode body = Shape.object(answer.body());
            if (answer.status() == 200
                    && (body.path("_embedded").path("callbacks").isArray()
                            || body.path("total").isInt())) {
                findings.ok(READ, "can be read");
            } else if (answer.status() == 403 && Shape.isError(403, body)) {
                findings.warn(
                        READ,
                        "403, forbidden" + Said.behind(body)
                                + " → the client needs the scope schedule-callbacks:read; deletions do not need it");
            } else {
                findings.warn(
                        READ, "not known yet, answered " + answer.status() + " → try again; it was " + answer.looks());
            }
        } catch (IOException e) {
            findings.warn(READ, "not known yet, " + e.getMessage() + " → try again");
        }
    }
}
