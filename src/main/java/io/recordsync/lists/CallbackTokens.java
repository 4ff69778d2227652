package io.recordsync.lists;

import io.recordsync.delivery.NotAllowedException;
import io.recordsync.oauth.AccessTokens;
import io.recordsync.oauth.TokenUnavailableException;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * The tokens for callbacks: one to read them, one to cancel them, so that a scope that was not granted stops nothing that
 * needs another. Thread-safe.
 */
public final class CallbackTokens {

    private final AccessTokens read;
    private final AccessTokens write;

    private final String scope;

    /** @param scope {@code talkdesk.callbacks.scope} */
    public CallbackTokens(AccessTokens read, AccessTokens write, String scope) {
        this.read = read;
        this.write = write;
        this.scope = scope;
    }

    /** Of {@code talkdesk.callbacks.scope}, all but what is for cancelling only. */
    public static String toRead(String scope) {
        return without(":write", scope);
    }

    /** Of {@code talkdesk.callbacks.scope}, all but what is for reading only. */
    public static String toCancel(String scope) {
        return without(":read", scope);
    }

    private static String without(String end, String scope) {
        String left = Arrays.stream(scope.split(" "))
                .filter(word -> !word.endsWith(end))
                .collect(Collectors.joining(" "));
        return left.isEmpty() ? scope : left;
    }

    /**
     * @param right {@code read} or {@code write}
     * @throws NotAllowedException when it is refused until a person grants the scope
     * @throws TokenUnavailableException when there is none now
     */
    public String value(String right) throws NotAllowedException {
        try {
            return of(right).value();
        } catch (TokenUnavailableException e) {
            if (!e.refused()) {
                throw e;
            }
            throw new NotAllowedException("No token is given for "
                    + (right.equals("write") ? toCancel(scope) : toRead(scope))
                    + ": grant that to the client, or change talkdesk.callbacks.scope (" + e.getMessage() + ")");
        }
    }

    /** The API refused it. */
    public void drop(String right, String token) {
        of(right).drop(token);
    }

    private AccessTokens of(String right) {
        return right.equals("write") ? write : read;
    }
}
