package io.recordsync.ops.api;

/**
 * A request that is answered with a status of 4xx and a reason, and that changed nothing.
 *
 * <p>The message goes to the caller as it is: it names what to fix and never repeats a value that was sent, which may be
 * personal data.
 */
public final class Refusal extends RuntimeException {

    private final int status;
    private final Integer index;

    private Refusal(int status, Integer index, String message) {
        super(message);
        this.status = status;
        this.index = index;
    }

    public static Refusal of(int status, String message) {
        return new Refusal(status, null, message);
    }

    /** A mistake in one item of an array; the whole array is refused. */
    static Refusal ofItem(int index, String mistake) {
        return new Refusal(400, index, "Item %s: %s; nothing was accepted".formatted(index, mistake));
    }

    public int status() {
        return status;
    }

    /** Of the item with the mistake, from 0; null when the mistake is not in one item. */
    public Integer index() {
        return index;
    }
}
