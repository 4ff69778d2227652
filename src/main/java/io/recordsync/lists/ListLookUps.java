package io.recordsync.lists;

import io.recordsync.config.ListSettings;
import io.recordsync.deletion.Intake;
import io.recordsync.deletion.ListWord;
import io.recordsync.deletion.ListedList;
import io.recordsync.delivery.Backoff;
import io.recordsync.delivery.NotNowException;
import io.recordsync.inbox.FoundList;
import io.recordsync.inbox.FoundLists;
import io.recordsync.inbox.FoundLists.Found;
import io.recordsync.inbox.Intakes;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The look-ups of record lists that are due: at the start, every {@code talkdesk.record-lists.refresh}, and by order.
 *
 * <p>One that does not come to its end changes nothing, and is tried again. Thread-safe.
 */
public final class ListLookUps {

    private static final Logger LOG = LoggerFactory.getLogger(ListLookUps.class);
    /** How often the inbox is asked whether one is due; an order of this process is looked for at once. */
    private static final Duration MAX_WAIT = Duration.ofSeconds(5);
    /** Between two that a suspended list asks for. */
    private static final Duration MIN_PAUSE = Duration.ofSeconds(10);

    private static final Duration SOON = Duration.ofSeconds(1);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(2);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

    private final FoundLists lists;
    private final Intakes intakes;
    private final ListSettings settings;
    private final Duration wait;
    private final Backoff backoff = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);
    private long lookAt = System.nanoTime();
    private long suspectedAt = System.nanoTime() - MIN_PAUSE.toNanos();
    private int failures;
    private boolean started;
    /** The trouble that was logged last, and the notice. */
    private String troubled = "";

    private String noticed = "";

    public ListLookUps(FoundLists lists, Intakes intakes, ListSettings settings) {
        this.lists = lists;
        this.intakes = intakes;
        this.settings = settings;
        Duration often = settings.refresh().dividedBy(2);
        this.wait = often.isZero() || often.compareTo(MAX_WAIT) > 0 ? MAX_WAIT : often;
    }

    /** One to be made now; null when none is. */
    public synchronized LookUp begin() {
        if (System.nanoTime() - lookAt < 0) {
            return null;
        }
        lookAt = System.nanoTime() + wait.toNanos();
        if (!started && !settings.refresh().isZero()) {
            lists.order();
        }
        started = true;
        return lists.begin() ? new LookUp() : null;
    }

    /** Another is due at once. */
    public synchronized void order() {
        lists.order();
        lookAt = System.nanoTime();
    }

    /** A call failed in a way that a list may have vanished. */
    public synchronized void suspect() {
        boolean lately = System.nanoTime() - suspectedAt < MIN_PAUSE.toNanos();
        if (!lately && !settings.refresh().isZero()) {
            suspectedAt = System.nanoTime();
            order();
        }
    }

    public void page(LookUp look, List<ListedList> listed, long total, String next) {
        look.page(listed, total, next);
    }

    /** Every page was read: those that were expected and not shown are asked for. */
    public void askForTheRest(LookUp look) {
        List<FoundList> known = lists.all();
        look.write(known.stream().map(FoundList::id).toList());
        look.ask(ListDecisions.expected(look, known));
    }

    public void answered(LookUp look, ListWord word) {
        look.answered(word);
    }

    /**
     * All of it was read: what that changes is written, and then announced.
     *
     * @return whether lists have joined, or are back: they are to be swept, and claimed of
     */
    public boolean finish(LookUp look) {
        ListDecisions decided = ListDecisions.of(look, lists.all(), settings.rules(), settings.join(), settings.most());
        lists.finish(decided.found(), settings.refresh().isZero() ? null : settings.refresh());
        decided.announced().forEach(problem -> LOG.warn(problem.message()));
        if (!decided.announced().isEmpty()) {
            intakes.accept(new Intake(List.of(), decided.announced(), null));
        }
        if (!decided.found().withdrawn().isEmpty()) {
            LOG.info(
                    "Record lists {} have not joined, and are renamed or gone: they are not waited for any more",
                    String.join(", ", decided.found().withdrawn()));
        }
        log(decided.found());
        LOG.debug("{} record lists were looked up", look.seen().size());
        return decided.found().serveMore();
    }

    /** Once, until it changes. */
    private synchronized void log(Found found) {
        failures = 0;
        if (!found.trouble().equals(troubled) && !found.trouble().isEmpty()) {
            LOG.error(found.trouble());
        }
        if (!found.notice().equals(noticed) && !found.notice().isEmpty()) {
            LOG.warn(found.notice());
        }
        troubled = found.trouble();
        noticed = found.notice();
    }

    public void fail(LookUp look, Exception e) {
        if (e instanceof NotNowException) {
            // Nothing is asked while the delivery is paused, as it is until the first login.
            lists.fail("", SOON);
            return;
        }
        Duration again;
        boolean first;
        synchronized (this) {
            failures++;
            first = failures == 1;
            again = backoff.after(failures);
        }
        String words = words(e);
        lists.fail(words, again);
        if (first) {
            LOG.warn("The record lists could not be looked up: {}; nothing was changed, tried again", words);
        }
    }

    /** Ours are for people; of what the network or a library says, only the kind. */
    private static String words(Throwable e) {
        boolean ours = e.getClass().getName().startsWith("io.recordsync.")
                || e.getClass() == IOException.class
                || e.getClass() == IllegalStateException.class;
        return ours ? e.getMessage() : "not reached (" + e.getClass().getSimpleName() + ")";
    }
}
