package io.recordsync.ops.receipts;

import io.recordsync.deletion.CallbackRow;
import io.recordsync.deletion.IdentifierKind;
import io.recordsync.inbox.Ledger.Entry;
import java.util.List;
import java.util.stream.Collectors;

/** Callbacks that were seen while the record of a contact was in a list; of those that were not, nobody knows whose they were. */
@FunctionalInterface
public interface SeenCallbacks {

    /** Where callbacks are not looked at. */
    SeenCallbacks NONE = (recordList, provider, externalId) -> List.of();

    List<CallbackRow> of(String recordList, String provider, String externalId);

    /** For a receipt; empty where none was seen. */
    default String words(Entry entry) {
        if (entry.kind() != IdentifierKind.EXTERNAL) {
            return "";
        }
        return of(entry.recordList(), entry.provider(), entry.identifier()).stream()
                .map(SeenCallbacks::words)
                .collect(Collectors.joining());
    }

    private static String words(CallbackRow callback) {
        String fate =
                switch (callback.state()) {
                    case CANCELLED -> "was cancelled by this service at " + callback.endedAt();
                    case ENDED -> "was not to be made any more at " + callback.endedAt();
                    case GONE,
                            REHEARSED,
                            UNSEEN,
                            LIVING -> "was still to be made when last looked at; this service has not"
                            + " cancelled it";
                };
        return " Callback " + callback.id() + " of this record " + fate + ".";
    }
}
