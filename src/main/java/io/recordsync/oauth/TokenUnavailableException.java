package io.recordsync.oauth;

/**
 * There is no access token: the token endpoint refused, did not answer in time or could not be asked.
 *
 * <p>The message names the host, the status, the OAuth error code and what to fix; never a secret nor the answer's body.
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

    /** Whether it is refused until a person fixes something: a secret, a permission, a URL. */
    boolean refused() {
        return refused;
    }
}
