package io.recordsync.network;

import java.io.IOException;

/**
 * Something between here and the other end keeps a request from being sent: the proxy, or a certificate.
 *
 * <p>Nothing of the request has left. The message says what to fix, and in which key; it stands for the cause, which is left
 * out because Camel shows handlers the innermost exception.
 */
public final class NetworkException extends IOException {

    public NetworkException(String message) {
        super(message);
    }
}
