package io.recordsync.ops;

import io.recordsync.deletion.Failure;
import io.recordsync.inbox.ListCoverage;
import io.recordsync.inbox.ListScope;
import io.recordsync.inbox.RecordLists;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;

/** Record lists of which some are stopped, and of some something was found; nothing else is asked of them here. */
public final class InMemoryRecordLists implements RecordLists {

    public final Set<String> stopped = new ConcurrentSkipListSet<>();
    public final List<ListCoverage> coverage = new CopyOnWriteArrayList<>();
    public final Set<String> everFound = new ConcurrentSkipListSet<>();

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
    public int skipHistory(Collection<String> recordLists, String user) {
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
    public int goOn(Collection<String> recordLists) {
        return (int) recordLists.stream().filter(stopped::remove).count();
    }

    @Override
    public void found(String recordList) {
        everFound.add(recordList);
    }

    @Override
    public Set<String> everFound() {
        return everFound;
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
}
