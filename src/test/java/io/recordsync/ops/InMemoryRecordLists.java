package io.recordsync.ops;

import io.recordsync.deletion.Failure;
import io.recordsync.deletion.NothingFound;
import io.recordsync.inbox.RecordLists;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;

/** Record lists of which some are stopped, and of some nothing was found; nothing else is asked of them here. */
public final class InMemoryRecordLists implements RecordLists {

    public final Set<String> stopped = new ConcurrentSkipListSet<>();
    /** By the list; what was found is no longer in it. */
    public final Map<String, NothingFound> nothingFound = new ConcurrentSkipListMap<>();

    @Override
    public void register(Collection<String> recordLists) {}

    @Override
    public void serveOnly(Collection<String> recordLists) {}

    @Override
    public void suspend(String recordList, Duration pause, Failure failure) {}

    @Override
    public void resume(String recordList) {}

    @Override
    public void leaveAlone(String recordList, Duration pause) {}

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
}
