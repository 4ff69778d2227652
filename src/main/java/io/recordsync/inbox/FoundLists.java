package io.recordsync.inbox;

import io.recordsync.deletion.ListRules;
import io.recordsync.deletion.ListedList;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The record lists that looking them up has found, and what persons decided about each; with those of the configuration they are the
 * ones that are served.
 *
 * <p>It is in the inbox, so that several processes agree, and a restart with Talkdesk away knows them. One process looks up for all.
 * An act is one transaction: it happens whole or, throwing {@link InboxException}, not at all. Thread-safe.
 */
public interface FoundLists extends ServedLists {

    /**
     * At a start: the lists of the configuration are served, and those that joined by their names before.
     *
     * @param scope of every list, but for what it is bound to
     * @param goneAfter how long after it vanished a list is retired
     */
    void serve(ListRules rules, ListScope scope, Duration goneAfter);

    /** Another process may have changed which lists are served. To be called now and then. */
    void reload();

    /** Every list that the inbox knows, ordered by id. */
    List<FoundList> all();

    /**
     * Begins a look-up, if one is due and no other live session is at it.
     *
     * @return whether it has begun
     */
    boolean begin();

    /** One is due at once. */
    void order();

    /**
     * A look-up came to its end.
     *
     * @param again when the next is due; null: only by order
     */
    void finish(Found found, Duration again);

    /** It did not, and is tried again; nothing else has changed. */
    void fail(String error, Duration again);

    LookUpState state();

    /** These lists are served from now on, whose names match. @return how many were not */
    int join(Collection<String> lists, boolean dryRun);

    /** These are not served, though their names match. @return how many were served, or asked */
    int dismiss(Collection<String> lists);

    /** These have vanished and are given up: what waits for them is cancelled. */
    Forgotten forget(Collection<String> lists, String user);

    /** These joined as ones whose deletions are rehearsed, and are live from now on. @return how many were not */
    int goLive(Collection<String> lists);

    /**
     * What a look-up changes.
     *
     * @param seen lists that Talkdesk shows, of those that the inbox knows or is to know
     * @param members lists that match newly, and as what they are known from now on; joined ones begin to be served
     * @param dryRun whether those that join do so with their deletions rehearsed
     * @param back lists that had vanished, and are there
     * @param vanished lists that were there
     * @param asked lists that had vanished, and still are
     * @param withdrawn lists that had not joined, and are not there, or not by such a name, any more
     * @param trouble what a person has to fix; empty where nothing is
     * @param notice what a person should know; likewise
     */
    record Found(
            List<ListedList> seen,
            Map<String, Membership> members,
            boolean dryRun,
            Set<String> back,
            Set<String> vanished,
            Set<String> asked,
            Set<String> withdrawn,
            String trouble,
            String notice) {

        /** Whether lists are served that were not. */
        public boolean serveMore() {
            return !back.isEmpty()
                    || members.containsValue(Membership.JOINED)
                    || members.containsValue(Membership.CONFIGURED);
        }
    }

    /** @param endedAt of the last that came to its end; null: none has. @param error of one that did not since; else empty */
    record LookUpState(Instant endedAt, String error, String trouble, String notice) {}

    /** @param lists that were given up. @param deletions that were cancelled */
    record Forgotten(int lists, int deletions) {}
}
