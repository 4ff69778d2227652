package io.recordsync.deletion;

/**
 * A deletion in the hands of this process: what the delivery needs to know of its row.
 *
 * @param id of the row
 * @param attempts calls that failed so far
 * @param unconfirmed answers so far that confirmed nothing
 * @param claim that it was taken by: nothing but this claim may say what becomes of it
 */
public record ClaimedDeletion(
        long id, String recordList, Identifier identifier, int attempts, int unconfirmed, String claim) {

    /** What may travel in one call together: the record list and the kind of identifier. */
    public String lane() {
        return recordList + '/' + identifier.kind();
    }
}
