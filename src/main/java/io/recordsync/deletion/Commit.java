package io.recordsync.deletion;

/**
 * The place of a change in the order of Salesforce's commits. Commit times have whole seconds only: they do not order two
 * changes of one second.
 *
 * @param number {@code ChangeEventHeader.commitNumber}, up to 19 digits; it grows with each commit
 * @param sequence {@code ChangeEventHeader.sequenceNumber}, which orders the changes of one commit
 */
public record Commit(long number, int sequence) {

    /** As it is stored: null of a change whose place nobody said. */
    public static Long number(Commit place) {
        return place == null ? null : place.number();
    }

    /** As it is stored: null of a change whose place nobody said. */
    public static Integer sequence(Commit place) {
        return place == null ? null : place.sequence();
    }
}
