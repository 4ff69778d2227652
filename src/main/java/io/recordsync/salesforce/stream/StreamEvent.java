package io.recordsync.salesforce.stream;

import io.recordsync.deletion.Commit;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;

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

        private static final Pattern USUAL = Pattern.compile("[!-~]{1,100}");

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

        /** {@code transactionKey/sequenceNumber}; a transaction key that no index would hold goes by its digest. */
        public String key() {
            return (USUAL.matcher(transactionKey).matches() ? transactionKey : digest(transactionKey))
                    + '/'
                    + sequenceNumber;
        }

        private static String digest(String text) {
            return UUID.nameUUIDFromBytes(text.getBytes(StandardCharsets.UTF_8)).toString();
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
