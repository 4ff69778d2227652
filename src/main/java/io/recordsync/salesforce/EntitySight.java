package io.recordsync.salesforce;

import io.recordsync.deletion.SalesforceId;
import io.recordsync.deletion.SightState;
import io.recordsync.inbox.Sights.Known;

/**
 * What one look has shown of an entity, and what that says: whether the user still sees what must be there.
 *
 * <p>A success that is empty proves nothing: without the permission Salesforce leaves records out of its answers, and no error
 * says so. What must be there is a living record, one of the newest deletions that the inbox knows, and at least half of the
 * records that were counted last, less those that Salesforce itself has since said were deleted. Not thread-safe.
 */
final class EntitySight {

    /** Below this part of what was counted last the user has lost its sight of some. */
    private static final int SMALLEST_PART = 2;

    private final String entity;
    /** Null where it was never looked at. */
    private final Known before;

    private final int toldDeletions;

    private boolean showsAny;
    private String livingRecord = "";
    private boolean deletionFound;
    /** Null while they were not counted, or that was not possible. */
    private Long living;

    private long toldSince;

    /** @param toldDeletions how many of the newest deletions that the inbox knows are asked about */
    EntitySight(String entity, Known before, int toldDeletions) {
        this.entity = entity;
        this.before = before;
        this.toldDeletions = toldDeletions;
    }

    String entity() {
        return entity;
    }

    /** @param id of any living record */
    void shows(String id) {
        showsAny = true;
        livingRecord = SalesforceId.complete(id).orElse("");
    }

    boolean showsAny() {
        return showsAny;
    }

    /** Its id of 18 characters; empty where none was shown. */
    String livingRecord() {
        return livingRecord;
    }

    void showsDeletion() {
        deletionFound = true;
    }

    boolean showsADeletion() {
        return deletionFound;
    }

    void counted(long records) {
        living = records;
    }

    /** How many living records are shown; null where they could not be counted. */
    Long living() {
        return living == null && !showsAny() ? Long.valueOf(0) : living;
    }

    /** Whether it matters how many were deleted since they were counted last. */
    boolean fell() {
        return fell(0);
    }

    private boolean fell(long explained) {
        return living() != null
                && before != null
                && before.living() != null
                && living() * SMALLEST_PART < before.living() - explained;
    }

    /** @param contacts that Salesforce itself has said were deleted since they were counted last */
    void toldSince(long contacts) {
        toldSince = contacts;
    }

    SightState state() {
        if (fell(toldSince)) {
            return SightState.LOST;
        }
        if (showsAny()) {
            return toldDeletions > 0 && !deletionFound ? SightState.UNSURE : SightState.SEEN;
        }
        if (toldDeletions > 0 && !deletionFound && !isAccepted()) {
            return SightState.LOST;
        }
        return hadSome() ? SightState.UNSURE : SightState.EMPTY;
    }

    private boolean hadSome() {
        return toldDeletions > 0 || before != null && before.living() != null && before.living() > 0;
    }

    /** A person has said that there is none. */
    private boolean isAccepted() {
        return before != null && before.accepted() && Long.valueOf(0).equals(before.living());
    }

    /** For a person; empty where all is well. */
    String message() {
        return switch (state()) {
            case SEEN -> "";
            case EMPTY -> ("Salesforce shows the user no record of %s, and never has: the entity is still empty, or the user has"
                            + " no View All on it (%s)")
                    .formatted(entity, GRANTED.formatted(entity));
            case UNSURE -> showsAny()
                    ? ("None of the newest %s deletions of %s that are known here is in Salesforce's Recycle Bin or delete log;"
                                    + " were they purged? If not, give the user View All on %s (%s)")
                            .formatted(toldDeletions, entity, entity, GRANTED.formatted(entity))
                    : "Salesforce shows the user no record of %s any more; all that were there are known to be deleted"
                            .formatted(entity);
            case LOST -> lost();
        };
    }

    static final String GRANTED =
            "in Setup: Permission Sets, the one of the integration user, Object Settings, %s, View All Records";

    private String lost() {
        String shown = fell(toldSince)
                ? "Salesforce shows the user %s records of %s, where %s were counted before and %s are known to be deleted since"
                        .formatted(living(), entity, before.living(), toldSince)
                : "Salesforce shows the user no record of %s, nor any of the newest %s deletions that are known here"
                        .formatted(entity, toldDeletions);
        return shown
                + (": the user has lost its sight of %s, so nothing is proven, and nothing is deleted because it is not shown."
                                + " Give it View All on %s again (%s; did a permission set expire?), or, where there really are no"
                                + " more, confirm that (POST /api/salesforce/confirm-sight)")
                        .formatted(entity, entity, GRANTED.formatted(entity));
    }
}
