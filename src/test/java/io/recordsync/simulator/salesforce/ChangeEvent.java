package io.recordsync.simulator.salesforce;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A change event to be published: the header, and the values of fields where a test wants some.
 *
 * <p>Immutable. The factories make an event of a transaction of its own; a commit timestamp of null is filled in when
 * it is published. Nothing is validated: malformed events are what stories are about.
 *
 * @param fields values by field name, of a compound field a map; a real DELETE or GAP event carries none
 */
public record ChangeEvent(
        Type type,
        List<String> recordIds,
        String entityName,
        String transactionKey,
        int sequenceNumber,
        Instant commitTimestamp,
        Map<String, Object> fields) {

    /** The id that a GAP_OVERFLOW bears: no record's. */
    public static final String NO_RECORD = "000000000000000AAA";

    private static final AtomicLong TRANSACTIONS = new AtomicLong(0x1983_4000);

    /** The values of {@code ChangeEventHeader.changeType}, in the order of Salesforce's schema. */
    public enum Type {
        CREATE,
        UPDATE,
        DELETE,
        UNDELETE,
        GAP_CREATE,
        GAP_UPDATE,
        GAP_DELETE,
        GAP_UNDELETE,
        GAP_OVERFLOW
    }

    public ChangeEvent {
        recordIds = List.copyOf(recordIds);
        fields = Map.copyOf(fields);
    }

    /** An event for these records, merged into one as Salesforce does with the same change in one transaction. */
    public static ChangeEvent of(Type type, String... recordIds) {
        return new ChangeEvent(type, List.of(recordIds), "Contact", newTransactionKey(), 1, null, Map.of());
    }

    public static ChangeEvent delete(String... recordIds) {
        return of(Type.DELETE, recordIds);
    }

    public static ChangeEvent undelete(String... recordIds) {
        return of(Type.UNDELETE, recordIds);
    }

    public static ChangeEvent create(String... recordIds) {
        return of(Type.CREATE, recordIds);
    }

    public static ChangeEvent update(String... recordIds) {
        return of(Type.UPDATE, recordIds);
    }

    public static ChangeEvent gapDelete(String... recordIds) {
        return of(Type.GAP_DELETE, recordIds);
    }

    /** More changes in one transaction than are told one by one. */
    public static ChangeEvent gapOverflow() {
        return of(Type.GAP_OVERFLOW, NO_RECORD);
    }

    public ChangeEvent inTransaction(String key, int sequence) {
        return new ChangeEvent(type, recordIds, entityName, key, sequence, commitTimestamp, fields);
    }

    public ChangeEvent committedAt(Instant at) {
        return new ChangeEvent(type, recordIds, entityName, transactionKey, sequenceNumber, at, fields);
    }

    public ChangeEvent ofEntity(String name) {
        return new ChangeEvent(type, recordIds, name, transactionKey, sequenceNumber, commitTimestamp, fields);
    }

    public ChangeEvent withFields(Map<String, Object> values) {
        return new ChangeEvent(type, recordIds, entityName, transactionKey, sequenceNumber, commitTimestamp, values);
    }

    /** A transaction key in Salesforce's form, not given out before. */
    public static String newTransactionKey() {
        long number = TRANSACTIONS.incrementAndGet();
        String random = UUID.randomUUID().toString();
        return String.format("%08x-%04x%s", number >>> 16, number & 0xffff, random.substring(13));
    }
}
