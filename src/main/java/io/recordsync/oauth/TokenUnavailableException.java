package io.recordsync.oauth;

import java.time.Duration;

/**
 * There is no access token: the token endpoint refused, did not answer in time or could not be asked.
 *
 * <p>The message names the host, the status, the OAuth error code, its description on one line and what to fix; never a secret.
 */
public class TokenUnavailableException extends RuntimeException {

    private final boolean refused;
    private final Duration retryAfter;

    public TokenUnavailableException(String message, Throwable cause) {
        this(message, cause, false);
    }

    TokenUnavailableException(String message, Throwable cause, boolean refused) {
        this(message, cause, refused, Duration.ZERO);
    }

    private TokenUnavailableException(String message, Throwable cause, boolean refused, Duration retryAfter) {
        super(message, cause);
        this.refused = refused;
        this.retryAfter = retryAfter;
    }

    /** The same failure for another caller: an exception is thrown by one thread. */
    TokenUnavailableException again() {
        return new TokenUnavailableException(getMessage(), this, refused, retryAfter);
    }

    /** The same failure, of an answer that asked for such a wait. */
    TokenUnavailableException retryAfter(Duration asked) {
        return new TokenUnavailableException(getMessage(), getCause(), refused, asked);
    }

    /** How long the endpoint asked not to be asked; zero where it did not. */
    Duration retryAfter() {
        return retryAfter;
    }

    /** Whether it is refused until a person fixes something: a secret, a permission, a URL. */
    public boolean refused() {
        return refused;
    }
}
