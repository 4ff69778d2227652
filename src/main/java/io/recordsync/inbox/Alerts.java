package io.recordsync.inbox;

import java.time.Instant;
import java.util.List;

/**
 * What people were told, and which process tells them: so that of several one does, and a restart tells nothing twice.
 *
 * <p>An act is one transaction: it happens whole or, throwing {@link InboxException}, not at all. Thread-safe.
 */
public interface Alerts {

    /**
     * Whether it is this process that tells: it stays so until its session is over, or it {@linkplain #leave leaves}.
     *
     * @return false while another live process does
     */
    boolean take();

    /** Another process may tell. */
    void leave();

    /** What was told last of each subject. */
    List<Told> told();

    void tell(Told told);

    /**
     * What was told last of a subject.
     *
     * @param since when it became so
     * @param amount how many waited for a person; 0 where nothing is counted
     * @param at when it was told
     */
    record Told(String subject, boolean down, Instant since, long amount, Instant at) {}
}
