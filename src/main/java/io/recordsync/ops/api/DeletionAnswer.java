package io.recordsync.ops.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import io.recordsync.deletion.IdentifierKind;
import io.recordsync.deletion.Word;
import io.recordsync.inbox.Ledger.Entry;
import java.time.Instant;

/**
 * A deletion of the inbox as the API shows it: names of states and kinds in lower case, what has not happened or is not known
 * null, a phone number masked. Of the identifiers there is the one of its kind.
 *
 * @param <A> {@link Integer}: how many attempts failed; or the list of them, where one deletion is asked for
 */
public record DeletionAnswer<A>(
        long id,
        String recordList,
        String kind,
        @JsonInclude(Include.NON_NULL) String externalProvider,
        @JsonInclude(Include.NON_NULL) String externalId,
        @JsonInclude(Include.NON_NULL) String recordId,
        @JsonInclude(Include.NON_NULL) String phoneNumber,
        String state,
        String origin,
        String eventKey,
        @IsoTime Instant committedAt,
        @IsoTime Instant acceptedAt,
        @IsoTime Instant dueAt,
        A attempts,
        boolean answerLost,
        @IsoTime Instant settledAt,
        String settledBy,
        String confirmation,
        String failureCode,
        String message,
        String note,
        String heldReason,
        boolean doubted,
        String orderedBy,
        String decidedBy,
        String sign,
        String listedAs) {

    /** A failed call. */
    public record Attempt(@IsoTime Instant at, String callId, int status, String code, String message) {}

    static <A> DeletionAnswer<A> of(Entry entry, A attempts) {
        return new DeletionAnswer<>(
                entry.id(),
                entry.recordList(),
                Word.underscored(entry.kind()),
                entry.kind() == IdentifierKind.EXTERNAL ? entry.provider() : null,
                entry.kind() == IdentifierKind.EXTERNAL ? entry.identifier() : null,
                entry.kind() == IdentifierKind.RECORD ? entry.identifier() : null,
                entry.kind() == IdentifierKind.PHONE ? entry.identifier() : null,
                Word.underscored(entry.state()),
                entry.origin(),
                entry.eventKey(),
                entry.committedAt(),
                entry.acceptedAt(),
                entry.dueAt(),
                attempts,
                entry.answerLost(),
                entry.settledAt(),
                known(entry.settledBy()),
                known(entry.confirmation()),
                known(entry.failureCode()),
                known(entry.message()),
                known(entry.note()),
                entry.heldReason() == null ? null : Word.underscored(entry.heldReason()),
                entry.doubted(),
                known(entry.orderedBy()),
                known(entry.decidedBy()),
                known(entry.sign()),
                known(entry.listedAs()));
    }

    private static String known(String text) {
        return text.isEmpty() ? null : text;
    }
}
