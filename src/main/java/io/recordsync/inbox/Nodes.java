package io.recordsync.inbox;

import io.recordsync.inbox.Fingerprint.Difference;
import java.util.List;

/** The other processes of the database, as far as their configuration matters to this one. */
public interface Nodes {

    /**
     * Where a process that lives is configured differently, in the order of keys. One that is gone is none: it has ended, or was silent
     * for {@code session.ttl}.
     *
     * @throws InboxException when the database fails
     */
    List<Difference> differences();
}
