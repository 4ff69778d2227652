package io.recordsync.oauth;

/**
 * There is no access token: the token endpoint refused, did not answer in time or could not be asked.
 *
 * <p>The message names the host, the status, the OAuth error code and what to mend; never a secret nor the answer's body.
 */
public class TokenUnavailableException extends RuntimeException {

    public TokenUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
