package io.recordsync.delivery;

import java.io.IOException;

/** The other end does not let the client do this: asking again is of no use until a person grants it. */
public final class NotAllowedException extends IOException {

    public NotAllowedException(String message) {
        super(message);
    }
}
