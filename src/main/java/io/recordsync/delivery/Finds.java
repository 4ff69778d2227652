package io.recordsync.delivery;

import io.recordsync.deletion.Batch;
import io.recordsync.deletion.NothingFound;
import io.recordsync.inbox.InboxException;
import io.recordsync.inbox.RecordLists;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the calls of each list have found: reports the lists of which none has ever found a record.
 *
 * <p>The inbox remembers that a call has found something, and knows the calls of all processes, those before a restart too.
 * Thread-safe.
 */
public final class Finds implements Supplier<List<NothingFound>> {

    private static final Logger LOG = LoggerFactory.getLogger(Finds.class);
    private static final int MANY_BATCHES = 3;
    private static final int MANY_RECORDS = 100;

    private final RecordLists recordLists;
    private final Set<String> found = new HashSet<>();
    private final Map<String, NothingFound> nothing = new TreeMap<>();

    public Finds(RecordLists recordLists) {
        this.recordLists = recordLists;
    }

    /** A call was answered, and found so many of its records. */
    void counted(Batch batch, int records) {
        String list = batch.recordList();
        boolean first;
        synchronized (this) {
            if (records == 0) {
                if (!found.contains(list)) {
                    nothing.merge(list, one(batch), Finds::sum);
                }
                return;
            }
            nothing.remove(list);
            first = found.add(list);
        }
        if (first) {
            remember(list);
        }
    }

    /** The deletions are settled: what cannot be remembered now is with the next call. */
    private void remember(String list) {
        try {
            recordLists.found(list);
        } catch (InboxException e) {
            LOG.debug("It could not be remembered that record list {} has such records", list, e);
            synchronized (this) {
                found.remove(list);
            }
        }
    }

    private static NothingFound one(Batch batch) {
        return new NothingFound(batch.recordList(), batch.lone() ? 0 : 1, batch.lone() ? 1 : 0);
    }

    private static NothingFound sum(NothingFound before, NothingFound now) {
        return new NothingFound(
                before.recordList(), before.batches() + now.batches(), before.records() + now.records());
    }

    @Override
    public List<NothingFound> get() {
        return recordLists.nothingFound().stream()
                .map(this::withOwn)
                .filter(list -> list.batches() >= MANY_BATCHES || list.records() >= MANY_RECORDS)
                .toList();
    }

    /** The inbox has the calls of this process too, but does not look at all of them where much waits. */
    private synchronized NothingFound withOwn(NothingFound settled) {
        NothingFound own = nothing.getOrDefault(settled.recordList(), settled);
        return new NothingFound(
                settled.recordList(),
                Math.max(own.batches(), settled.batches()),
                Math.max(own.records(), settled.records()));
    }
}
