package io.recordsync.inbox;

import io.recordsync.deletion.Failure;
import io.recordsync.deletion.NothingFound;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Predicate;

/**
 * The record lists that the inbox knows: which are served, which are suspended, which were checked for presence.
 *
 * <p>An act is one transaction: it happens whole or, throwing {@link InboxException}, not at all. Thread-safe.
 */
public interface RecordLists {

    /** Makes lists known that may have no deletions yet: those that are configured. */
    void register(Collection<String> recordLists);

    /**
     * The lists of the configuration, at a start: as {@link #serveOnly}, and those that join after the first start are to be
     * swept and checked for what lies before. Those of the first start begin with it.
     */
    void serve(Collection<String> recordLists, ListScope scope);

    /**
     * Of other lists nothing is claimed any more, and what is pending there is parked ({@code list_removed}): whoever took a
     * list out of the configuration did not say that it is still to be deleted from. Not where another process
     * serves them.
     */
    void serveOnly(Collection<String> recordLists);

    /** Claims nothing of the list for {@code pause}; the next claim after it is the probe. May be called again. */
    void suspend(String recordList, Duration pause, Failure failure);

    /** The list answers again. One that is stopped stays so. */
    void resume(String recordList);

    /** This process claims nothing of the list for {@code pause}; others do. Zero ends it. */
    void leaveAlone(String recordList, Duration pause);

    /** Ends {@link #leaveAlone} for every list. */
    void tryAll();

    /** Nothing of the list is claimed until {@link #goOn}, by no process; what is claimed is stopped by the last look. */
    void stop(String recordList, Failure failure);

    /**
     * A person lets stopped lists go on.
     *
     * @return how many of them were stopped
     */
    default int goOn(Collection<String> recordLists) {
        return goOn(recordLists, null);
    }

    /**
     * Likewise.
     *
     * @param shown whether a list was shown as stopped, with this message; null: whatever was shown
     * @throws NotAsShownException when one of them is not as it was shown
     */
    int goOn(Collection<String> recordLists, BiPredicate<String, String> shown);

    /** A call has found records of the list: remembered for good. */
    void found(String recordList);

    /**
     * The served lists of which no call has ever found a record, with what the newest calls asked for; of a list with much that
     * waits it may be less than was asked for.
     */
    List<NothingFound> nothingFound();

    /** The id, and the name where it is known: for logs. */
    default String named(String recordList) {
        return recordList;
    }

    /** The lists that are suspended now. */
    Set<String> suspended();

    /**
     * Of these lists, those whose last presence check that came to its end is longer ago than {@code period}, or never was; but for those
     * that {@link #presenceAgain} will give.
     */
    List<String> presenceUnchecked(Collection<String> recordLists, Duration period);

    /** A presence check of the list has come to its end. */
    void presenceChecked(String recordList);

    /**
     * A presence check of the list failed, or is not believed: every process shows the words until one is.
     *
     * @param again when it is made again by itself; null: only by schedule or order
     * @return whether the words are other ones than before
     */
    boolean presenceFailed(String recordList, String words, Duration again);

    /**
     * Of these lists, those whose failed presence check is to be made again now; of several processes one is given a list.
     *
     * @param pause until it is given again, should this process not come to the end of it
     */
    List<String> presenceAgain(Collection<String> recordLists, Duration pause);

    /** How far the proof reaches for each list, ordered by id. */
    List<ListCoverage> coverage();

    /** A presence check of the list was believed: what lies before it joined is looked at. */
    void looked(String recordList);

    /**
     * A person declines the look at what lies before these lists joined.
     *
     * @return how many of them had not been looked at
     */
    default int skipHistory(Collection<String> recordLists, String user) {
        return skipHistory(recordLists, user, null);
    }

    /**
     * Likewise.
     *
     * @param shown whether a list was shown as one that nobody had looked at; null: whatever was shown
     * @throws NotAsShownException when one of them is not as it was shown
     */
    int skipHistory(Collection<String> recordLists, String user, Predicate<String> shown);

    /**
     * The external ids, as the list holds them, that are to be deleted from it and are not yet, whatever they wait for; not all of a
     * great many, and not those that wait because Salesforce does not show them.
     */
    Set<String> underway(String recordList);
}
