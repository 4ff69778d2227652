package io.recordsync.network;

import java.io.InterruptedIOException;
import java.time.Duration;

/**
 * No answer began on a connection that was used before: it may have been dropped on the way, in silence.
 *
 * <p>It stands for the cause, the end of that connection, which is left out because Camel shows handlers the innermost exception.
 */
final class FrozenConnectionException extends InterruptedIOException {

    FrozenConnectionException(Duration wait) {
        super("no answer within " + wait.toMillis()
                + " ms on a connection that was used before: it may have been dropped on the way");
    }
}
