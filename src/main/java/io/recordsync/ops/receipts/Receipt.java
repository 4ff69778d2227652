package io.recordsync.ops.receipts;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.recordsync.deletion.Confirmation;
import io.recordsync.deletion.EntityWord;
import io.recordsync.deletion.IdentifierKind;
import io.recordsync.deletion.Sign;
import io.recordsync.deletion.Word;
import io.recordsync.inbox.Ledger.Entry;
import java.time.Instant;

/**
 * What can be proven of one deletion in one record list, and that in plain words.
 *
 * <p>Times are ISO 8601 in UTC; what has not happened or is not known is null; of the identifiers there is the one of the
 * deletion's kind, a phone number masked. {@code words} claim no more than the ledger knows, and nothing at all of what Talkdesk
 * does with a record elsewhere: that is documented nowhere.
 */
public record Receipt(
        @JsonInclude(JsonInclude.Include.NON_NULL) String externalProvider,
        @JsonInclude(JsonInclude.Include.NON_NULL) String externalId,
        @JsonInclude(JsonInclude.Include.NON_NULL) String recordId,
        @JsonInclude(JsonInclude.Include.NON_NULL) String phoneNumber,
        String recordList,
        String recordListName,
        String origin,
        String eventKey,
        String committedAt,
        String acceptedAt,
        String calledAt,
        String settledAt,
        String state,
        String confirmation,
        String settledBy,
        String approvedBy,
        String orderedBy,
        String decidedBy,
        String decision,
        String sign,
        String listedAs,
        int attempts,
        String words) {

    static Receipt of(Entry entry) {
        return of(entry, "");
    }

    /** @param more words of what else was seen */
    static Receipt of(Entry entry, String more) {
        return new Receipt(
                entry.kind() == IdentifierKind.EXTERNAL ? entry.provider() : null,
                entry.kind() == IdentifierKind.EXTERNAL ? entry.identifier() : null,
                entry.kind() == IdentifierKind.RECORD ? entry.identifier() : null,
                entry.kind() == IdentifierKind.PHONE ? entry.identifier() : null,
                entry.recordList(),
                text(entry.listName()),
                entry.origin(),
                entry.eventKey(),
                text(entry.committedAt()),
                text(entry.acceptedAt()),
                text(entry.calledAt()),
                text(entry.settledAt()),
                Word.underscored(entry.state()),
                text(entry.confirmation()),
                text(entry.settledBy()),
                text(entry.approvedBy()),
                text(entry.orderedBy()),
                text(entry.decidedBy()),
                text(entry.decision()),
                text(entry.sign()),
                text(entry.listedAs()),
                entry.attempts(),
                words(entry) + more);
    }

    private static String who(Entry entry) {
        return entry.kind() == IdentifierKind.EXTERNAL ? EntityWord.of(entry.identifier()) : "contact";
    }

    private static String text(Instant at) {
        return at == null ? null : at.toString();
    }

    private static String text(String value) {
        return value.isEmpty() ? null : value;
    }

    private static String whyHeld(Entry entry) {
        return switch (entry.heldReason()) {
            case GUARD -> "the guard against mass deletions holds it until a person decides";
            case MERGE -> "the " + who(entry)
                    + " was merged into another one, which may live on; it is held (merge) until a person decides";
            case NOT_VISIBLE -> "Salesforce does not show the " + who(entry)
                    + ", which may live all the same; a person decides";
        };
    }

    private static String words(Entry entry) {
        String words =
                switch (entry.state()) {
                    case CHECKING -> stays(entry, "Salesforce is asked first whether the " + who(entry) + " lives");
                    case PENDING -> stays(entry, "it waits to be sent to Talkdesk");
                    case CLAIMED -> "Whether it was removed from the record list is not known yet: it is being sent to"
                            + " Talkdesk.";
                    case HELD -> stays(entry, whyHeld(entry));
                    case REHEARSED -> stays(
                            entry, "a dry run ended just before the call; it is sent only if a person says so");
                    case PARKED -> parked(entry);
                    case CANCELLED -> stays(entry, whyCancelled(entry));
                    case DELETED -> deleted(entry);
                };
        return words
                + late(entry)
                + (entry.note().isEmpty() ? "" : " In Salesforce the " + who(entry) + " was " + entry.note() + ".")
                + (entry.sign().isEmpty()
                        ? ""
                        : " " + signed(Word.fromUnderscored(Sign.class, entry.sign()), who(entry)))
                + (entry.listedAs().isEmpty() ? "" : " The record list holds it as '" + entry.listedAs() + "'.");
    }

    /** What was committed before its list joined, and asked for since. */
    private static String late(Entry entry) {
        boolean late = entry.listJoinedAt() != null
                && entry.committedAt().isBefore(entry.listJoinedAt())
                && !entry.acceptedAt().isBefore(entry.listJoinedAt());
        return late ? " It was not asked for on this list before it joined, at " + entry.listJoinedAt() + "." : "";
    }

    private static String signed(Sign sign, String who) {
        return switch (sign) {
            case IS_DELETED -> "Salesforce, asked, had the " + who + " in its Recycle Bin.";
            case DELETE_LOG -> "Salesforce's delete log named the " + who + ".";
            case INBOX -> "Salesforce, asked, did not show the " + who + ", whose deletion was known.";
            case NONE -> "Salesforce, asked, did not show the " + who
                    + ", and nothing else showed that it was deleted.";
        };
    }

    /**
     * Rests on the bulk call's page: {@code total_deleted}, {@code total_errors}, {@code has_errors} and the failed records of
     * its answer. That a lower total means records that were not in the list is likely, and not documented.
     */
    private static String deleted(Entry entry) {
        return switch (Word.fromUnderscored(Confirmation.class, entry.confirmation())) {
                // total_deleted = sent, less those that were named as failed.
            case EXACT -> "Removed from the record list: Talkdesk answered that it deleted as many records as were sent,"
                    + " not counting any that it named as failed.";
                // No error for this one, and another total.
            case BATCH -> "Most likely removed from the record list, or not in it when asked: Talkdesk accepted the batch"
                    + " without an error for this record and counted another number of deletions than were sent,"
                    + " without naming which."
                    + earlier(entry);
                // 404 to this one alone, and 200 to the question for the list.
            case ABSENT -> "Not in the record list when asked: Talkdesk answered that it does not find this record, and that"
                    + " the list exists."
                    + earlier(entry);
            case ACCEPTED -> accepted(entry) + ".";
        };
    }

    private static String parked(Entry entry) {
        return switch (entry.failureCode()) {
            case "unconfirmed" -> accepted(entry) + "; a person decides.";
            case "other_org" -> stays(
                    entry,
                    "only the Salesforce org that was left knows whether the " + who(entry)
                            + " lives; a person decides");
            case "gave_up" -> stays(
                    entry,
                    "it could not be delivered within delivery.give-up-after; a person decides"
                            + said("last failure", entry));
            default -> stays(
                    entry,
                    "Talkdesk refused it (" + entry.failureCode() + "); a person decides" + said("reason", entry));
        };
    }

    private static String whyCancelled(Entry entry) {
        return switch (entry.failureCode()) {
            case "restored" -> "the " + who(entry) + " was restored in Salesforce first";
            case "living" -> "Salesforce, asked, knew the " + who(entry) + " as living";
            case "rejected" -> (entry.sign().equals(Word.underscored(Sign.NONE))
                            ? "Salesforce did not show the " + who(entry)
                            : entry.message().startsWith("Held (merge)")
                                    ? "the " + who(entry) + " was merged into another one"
                                    : "the guard against mass deletions held it")
                    + ", and " + entry.settledBy() + " rejected it";
            case "signed" -> "it was asked for anew once there was a sign of the deletion";
            case "list_gone" -> "the record list had vanished from Talkdesk, and " + entry.settledBy() + " gave it up";
            case "unlisted" -> "the record list did not hold it any more";
            case "" -> entry.settledBy() + " discarded it";
            default -> entry.settledBy() + " discarded it after it had failed (" + entry.failureCode() + ")";
        };
    }

    /** Never "it is still there": who else removes records is not known. */
    private static String stays(Entry entry, String why) {
        String state = perhapsCarriedOut(entry)
                ? "Whether it was removed from the record list is not known"
                : "Not removed from the record list by this service";
        return state + ": " + why + "." + earlier(entry);
    }

    /** The last such answer is not counted in the row: it ended the asking. */
    private static String accepted(Entry entry) {
        int times = entry.unconfirmed() + 1;
        return "Accepted by Talkdesk %s and never confirmed: whether it was removed from the record list is not known"
                .formatted(times == 1 ? "once" : times + " times");
    }

    private static String earlier(Entry entry) {
        return perhapsCarriedOut(entry)
                ? " An earlier answer was lost or confirmed nothing, so that an earlier call may have removed it."
                : "";
    }

    /** Nobody knows what an answer that was lost said, nor what a 202, or one without totals, meant. */
    private static boolean perhapsCarriedOut(Entry entry) {
        return entry.answerLost() || entry.unconfirmed() > 0;
    }

    private static String said(String what, Entry entry) {
        return entry.message().isEmpty() ? "" : " (" + what + ": " + entry.message() + ")";
    }
}
