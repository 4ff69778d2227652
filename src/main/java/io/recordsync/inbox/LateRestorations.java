package io.recordsync.inbox;

import java.time.Instant;
import java.util.List;

/** Contacts that were restored in Salesforce after their records were removed, or may have been: somebody has to import them again. */
public interface LateRestorations {

    /** The latest restorations first; of a contact that was deleted again since there is none. */
    List<LateRestoration> restoredTooLate(int limit);

    /**
     * One contact in one record list.
     *
     * @param committedAt when it was deleted in Salesforce
     * @param calledAt when the call began that removed the record; null where that is not known
     * @param restoredAt when it was restored, by Salesforce's clock; where no UNDELETE told it, when Salesforce was asked
     * @param certain false where an answer was lost or confirmed nothing, so that the record may be there all the same
     */
    record LateRestoration(
            String provider,
            String identifier,
            String recordList,
            Instant committedAt,
            Instant calledAt,
            Instant restoredAt,
            boolean certain) {}
}
