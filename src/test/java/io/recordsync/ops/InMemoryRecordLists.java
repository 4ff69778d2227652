package io.recordsync.ops;

import io.recordsync.deletion.Failure;
import io.recordsync.deletion.NothingFound;
import io.recordsync.inbox.ListCoverage;
import io.recordsync.inbox.ListScope;
import io.recordsync.inbox.NotAsShownException;
import io.recordsync.inbox.RecordLists;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiPredicate;
import java.util.function.Predicate;

/** Record lists of which some are stopped, and of some nothing was found; nothing else is asked of them here. */
public final class InMemoryRecordLists implements RecordLists {

    public final Set<String> stopped = new ConcurrentSkipListSet<>();
    public final List<ListCoverage> coverage = new CopyOnWriteArrayList<>();
    /** By the list; what was found is no longer in it. */
    public final Map<String, NothingFound> nothingFound = new ConcurrentSkipListMap<>();

    @Override
    public void register(Collection<String> recordLists) {}

    @Override
    public void serve(Collection<String> recordLists, ListScope scope) {}

    @Override
    public List<ListCoverage> coverage() {
        return List.copyOf(coverage);
    }

    @Override
    public void looked(String recordList) {}

    @Override
    public int skipHistory(Collection<String> recordLists, String user, Predicate<String> shown) {
        if (shown != null && !recordLists.stream().allMatch(shown)) {
            throw new NotAsShownException("Not as shown");
        }
        int open = (int) coverage.stream()
                .filter(list -> list.historyOpen() && recordLists.contains(list.recordList()))
                .count();
        coverage.removeIf(list -> recordLists.contains(list.recordList()));
        return open;
    }

    @Override
    public Set<String> underway(String recordList) {
        return Set.of();
    }

    @Override
    public void serveOnly(Collection<String> recordLists) {}

    @Override
    public void suspend(String recordList, Duration pause, Failure failure) {}

    @Override
    public void resume(String recordList) {}

    @Override
    public void leaveAlone(String recordList, Duration pause) {}

    @Override
    public void tryAll() {}

    @Override
    public void stop(String recordList, Failure failure) {
        stopped.add(recordList);
    }

    @Override
    public int goOn(Collection<String> recordLists, BiPredicate<String, String> shown) {
        if (shown != null && !recordLists.stream().allMatch(list -> shown.test(list, "deleted more"))) {
            throw new NotAsShownException("Not as shown");
        }
        return (int) recordLists.stream().filter(stopped::remove).count();
    }

    @Override
    public void found(String recordList) {
        nothingFound.remove(recordList);
    }

    @Override
    public List<NothingFound> nothingFound() {
        return List.copyOf(nothingFound.values());
    }

    @Override
    public Set<String> suspended() {
        return Set.of();
    }

    @Override
    public List<String> presenceUnchecked(Collection<String> recordLists, Duration period) {
        return List.of();
    }

    @Override
    public void presenceChecked(String recordList) {}

    @Override
    public boolean presenceFailed(String recordList, String words, Duration again) {
        return true;
    }

    @Override
    public List<String> presenceAgain(Collection<String> recordLists, Duration pause) {
        return List.of();
    }
}
