package io.recordsync.ops.receipts;

/**
 * A question for receipts that is not understood, or has no bounds.
 *
 * <p>The message says what is expected and never repeats what was sent, which may be personal data. The API answers it with
 * 400, the command with its usage.
 */
public final class WrongQueryException extends RuntimeException {

    WrongQueryException(String message) {
        super(message);
    }
}
