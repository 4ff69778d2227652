package io.recordsync.oauth;

/**
 * There is no access token: the token endpoint refused, did not answer in time or could not be asked.
 *
 * <p>The message names the host, the status, the OAuth error code, its description on one line and what to fix; never a secret.
 */
public class TokenUnavailableException extends RuntimeException {

    private final boolean refused;

    public TokenUnavailableException(String message, Throwable cause) {
        this(message, cause, false);
    }

    TokenUnavailableException(String message, Throwable cause, boolean refused) {
        super(message, cause);
        this.refused = refused;
    }

    /** The same failure for another caller: an exception is thrown by one thread. */
    TokenUnavailableException again() {
        return new TokenUnavailableException(getMessage(), this, refused);
    }

    /** Whether it is refused until a person fixes something: a secret, a permission, a URL. */
    public boolean refused() {
        return refused;
    }
}
