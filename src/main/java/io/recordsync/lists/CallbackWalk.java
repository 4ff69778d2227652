package io.recordsync.lists;

import io.recordsync.deletion.CallbackPage;
import io.recordsync.deletion.Presence;
import io.recordsync.deletion.ScheduledCallback;
import io.recordsync.delivery.NotAllowedException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One walk through all callbacks that are still to be made: what to ask next, and what the answers have brought so far.
 *
 * <p>Pages go by number, for callbacks have no links to the next. Callbacks that are made meanwhile shift the others to earlier pages, so
 * that some are never shown: where a pass saw fewer than there were, all is read again, {@value #MAX_PASSES} times at most. Then the records of those that are new are asked for, then
 * others again, then the lists of those that are gone, then some callbacks are cancelled. Not thread-safe.
 */
public final class CallbackWalk {

    private static final int PAGE_SIZE = 200;
    /** A server that has no end ends here. */
    private static final int MAX_PAGES = 1_000;

    private static final int MAX_PASSES = 3;
    /** After so many answers in a row that say nothing the walk ends: there is no use in asking for thousands of others. */
    private static final int MAX_UNCLEAR = 10;

    private final Instant began;
    private final boolean beforeDeletion;
    private final long beganAt = System.nanoTime();
    private final long deadline;

    private int page = 1;
    private boolean read;
    private int passes;
    private long total = -1;
    /** Of this pass, and of all. */
    private final Set<String> seenNow = new HashSet<>();

    private final Set<String> everSeen = new HashSet<>();
    private final Map<String, ScheduledCallback> listed = new LinkedHashMap<>();
    private final Deque<ScheduledCallback> newOnes = new ArrayDeque<>();
    private final Deque<ScheduledCallback> known = new ArrayDeque<>();
    private final Map<String, Presence> records = new HashMap<>();
    private final Deque<String> listsToAsk = new ArrayDeque<>();
    private final Map<String, Presence> lists = new HashMap<>();
    private final Deque<String> toCancel = new ArrayDeque<>();
    private final List<String> cancelled = new ArrayList<>();
    private final List<Presence> unclear = new ArrayList<>();
    private int unclearInARow;

    private final Set<String> unclearRecords = new HashSet<>();
    private boolean newOnesSeen;
    private boolean paused;

    /**
     * @param began by the database's clock
     * @param beforeDeletion whether a deletion waits for it: then nothing is judged, and it ends after {@code longest}
     */
    CallbackWalk(Instant began, boolean beforeDeletion, Duration longest) {
        this.began = began;
        this.beforeDeletion = beforeDeletion;
        this.deadline = beganAt + longest.toNanos();
    }

    Instant began() {
        return began;
    }

    /** By {@link System#nanoTime()}. */
    long beganAt() {
        return beganAt;
    }

    boolean beforeDeletion() {
        return beforeDeletion;
    }

    // ---- pages

    public boolean reading() {
        return !read;
    }

    /** The number of the page to be read now. */
    public int pageNumber() {
        return page;
    }

    /** Of the page to be read now. */
    public String query() {
        return "status=UNATTEMPTED&page=" + page + "&per_page=" + PAGE_SIZE;
    }

    /** @throws IOException where the pages do not end */
    void page(CallbackPage answer, Collection<String> served) throws IOException {
        for (ScheduledCallback callback : answer.callbacks()) {
            // The configuration may write a list's id in capitals.
            served.stream()
                    .filter(callback.recordList()::equalsIgnoreCase)
                    .findFirst()
                    .ifPresent(list ->
                            listed.put(callback.id(), new ScheduledCallback(callback.id(), list, callback.recordId())));
        }
        total = Math.max(total, answer.total());
        boolean nothingNew = !seenNow.addAll(answer.ids()) && !answer.ids().isEmpty();
        if (!answer.last() && (nothingNew || page >= MAX_PAGES)) {
            throw new IOException(
                    "Page " + page + " of the callbacks is one that was read already, or has no end (expected a"
                            + " last page, as total_pages or a page without callbacks says)");
        }
        if (answer.last()) {
            endPass();
        } else {
            page++;
        }
    }

    private void endPass() {
        passes++;
        boolean nothingNew = !everSeen.addAll(seenNow);
        boolean whole = page == 1 || total >= 0 && seenNow.size() >= total || passes > 1 && nothingNew;
        read = whole || passes >= MAX_PASSES;
        page = 1;
        total = -1;
        seenNow.clear();
    }

    Map<String, ScheduledCallback> listed() {
        return listed;
    }

    // ---- records and their lists

    /** Of callbacks that nobody has seen yet; they come first. */
    void askForNew(Collection<ScheduledCallback> callbacks) {
        newOnes.addAll(callbacks);
    }

    void askAgain(Collection<ScheduledCallback> callbacks) {
        known.addAll(callbacks);
    }

    /** Records are asked for one by one; a deletion does not wait for all of very many. */
    public boolean asking() {
        boolean outOfTime = beforeDeletion && System.nanoTime() - deadline > 0;
        return !(newOnes.isEmpty() && known.isEmpty()) && !outOfTime;
    }

    boolean askingForNew() {
        return !newOnes.isEmpty();
    }

    /** The record to be asked for now. */
    public ScheduledCallback record() {
        return (newOnes.isEmpty() ? known : newOnes).element();
    }

    /** @throws IOException where it is of no use to ask for others */
    void recordAnswered(Presence answer) throws IOException {
        ScheduledCallback asked = (newOnes.isEmpty() ? known : newOnes).remove();
        records.put(asked.id(), answer);
        if (answer.isGone() && !lists.containsKey(asked.recordList()) && !listsToAsk.contains(asked.recordList())) {
            listsToAsk.add(asked.recordList());
        }
        if (answer.forbidden()) {
            // So are the others of the list.
            newOnes.removeIf(other -> other.recordList().equals(asked.recordList()));
            known.removeIf(other -> other.recordList().equals(asked.recordList()));
        } else if (answer.kind() == Presence.Kind.UNCLEAR) {
            unclearRecords.add(asked.id());
        }
        note(answer);
    }

    /** Whether the records of all that are new have just been asked for: true once. */
    boolean newOnesSeen() {
        boolean now = read && newOnes.isEmpty() && !newOnesSeen;
        newOnesSeen |= now;
        return now;
    }

    /** Whether that is so. */
    boolean sawNewOnes() {
        return newOnesSeen;
    }

    /** Callbacks whose records gave no clear answer, though we may ask. */
    Set<String> unclearRecords() {
        return Set.copyOf(unclearRecords);
    }

    public boolean checking() {
        return !listsToAsk.isEmpty();
    }

    /** The list to be asked for now. */
    public String list() {
        return listsToAsk.element();
    }

    void listAnswered(Presence answer) throws IOException {
        lists.put(listsToAsk.remove(), answer);
        note(answer);
    }

    /** What is known of a record by now: gone only where its list is there. Null where it was not asked for. */
    Presence seen(ScheduledCallback callback) {
        Presence record = records.get(callback.id());
        if (record == null || !record.isGone()) {
            return record;
        }
        Presence list = lists.get(callback.recordList());
        return list != null && list.isThere() ? record : Presence.unclear("", false);
    }

    // ---- cancelling

    void cancel(Collection<String> ids) {
        toCancel.addAll(ids);
    }

    public boolean cancelling() {
        return !toCancel.isEmpty();
    }

    /** The callback to be cancelled now. */
    public String callback() {
        return toCancel.element();
    }

    /** @throws IOException where it is of no use to cancel others */
    void cancelAnswered(Presence answer) throws IOException {
        String id = toCancel.remove();
        if (answer.isThere()) {
            cancelled.add(id);
        }
        if (answer.forbidden()) {
            toCancel.clear();
        }
        note(answer);
    }

    List<String> cancelled() {
        return cancelled;
    }

    // ---- what is not known

    private void note(Presence answer) throws IOException {
        if (answer.kind() != Presence.Kind.UNCLEAR) {
            unclearInARow = 0;
            return;
        }
        unclear.add(answer);
        unclearInARow++;
        if (unclearInARow >= MAX_UNCLEAR) {
            throw answer.forbidden() ? new NotAllowedException(answer.words()) : new IOException(answer.words());
        }
    }

    /** What nothing could be concluded from. */
    List<Presence> unclear() {
        return unclear;
    }

    /** No call may be made now. */
    void endByPause() {
        paused = true;
    }

    boolean endedByPause() {
        return paused;
    }

    /** Whether a right is missing, so that asking again is of no use. */
    boolean forbidden() {
        return unclear.stream().anyMatch(Presence::forbidden);
    }
}
