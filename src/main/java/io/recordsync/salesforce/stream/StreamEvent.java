package io.recordsync.salesforce.stream;

import io.recordsync.deletion.Commit;
import java.time.Instant;
import java.util.List;

/** An event of a change data capture channel, as it came: read, or not readable. */
public sealed interface StreamEvent {

    /**
     * The header of a change event; the field values of the record are not read.
     *
     * @param changeType {@code DELETE}, {@code GAP_OVERFLOW} …: Salesforce may add more, so it stays a string
     * @param recordIds as sent: one change to several records of a transaction is one event; may hold wildcards
     * @param transactionKey with {@code sequenceNumber} names the change, the same on every replay
     * @param committedAt when the transaction was committed in Salesforce, in whole seconds
     * @param commitNumber grows with each commit; null where the header has none
     */
    record ChangeEvent(
            String entityName,
            String changeType,
            List<String> recordIds,
            String transactionKey,
            int sequenceNumber,
            Instant committedAt,
            Long commitNumber)
            implements StreamEvent {

        /** Without a number. */
        public ChangeEvent(
                String entityName,
                String changeType,
                List<String> recordIds,
                String transactionKey,
                int sequenceNumber,
                Instant committedAt) {
            this(entityName, changeType, recordIds, transactionKey, sequenceNumber, committedAt, null);
        }

        /** Where it stands in the order of commits; null where the header does not say. */
        public Commit commit() {
            return commitNumber == null ? null : new Commit(commitNumber, sequenceNumber);
        }

        /** {@code transactionKey/sequenceNumber}. */
        public String key() {
            return transactionKey + '/' + sequenceNumber;
        }
    }

    /**
     * An event that cannot be read: its neighbours are not concerned.
     *
     * @param eventId as Salesforce named it
     * @param reason for a person
     */
    record UndecodableEvent(String eventId, String reason) implements StreamEvent {}
}
