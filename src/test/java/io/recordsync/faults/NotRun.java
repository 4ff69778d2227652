package io.recordsync.faults;

/** A fault that this machine cannot bring about; the message says what it lacks. */
final class NotRun extends RuntimeException {

    NotRun(String message) {
        super(message);
    }
}
