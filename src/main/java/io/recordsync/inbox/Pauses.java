package io.recordsync.inbox;

import java.time.Instant;
import java.util.Optional;

/**
 * The pause of the delivery: one for all processes of the database, from a person's order to another one, whatever ends or
 * starts meanwhile.
 *
 * <p>An act is one transaction: it happens whole or, throwing {@link InboxException}, not at all. Thread-safe.
 */
public interface Pauses {

    /** Where there is a pause it goes on as it was. */
    void pause(String user);

    /** Where there is none nothing changes. */
    void resume();

    /** Empty while there is none. */
    Optional<Pause> look();

    /** Since when, and the person who ordered it. */
    record Pause(Instant since, String user) {}
}
