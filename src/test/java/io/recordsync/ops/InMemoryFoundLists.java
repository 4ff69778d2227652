package io.recordsync.ops;

import io.recordsync.deletion.ListRules;
import io.recordsync.inbox.FoundList;
import io.recordsync.inbox.FoundLists;
import io.recordsync.inbox.ListScope;
import io.recordsync.inbox.ServedList;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Record lists of which some were found; what is ordered about them is remembered, and counted as done. */
public final class InMemoryFoundLists implements FoundLists {

    public final List<FoundList> found = new CopyOnWriteArrayList<>();
    public final List<String> told = new CopyOnWriteArrayList<>();
    public volatile LookUpState state = new LookUpState(null, "", "", "");
    private final List<ServedList> served;

    InMemoryFoundLists(List<String> served) {
        this.served = served.stream().map(ServedList::of).toList();
    }

    @Override
    public List<ServedList> served() {
        return served;
    }

    @Override
    public void serve(ListRules rules, ListScope scope, Duration goneAfter) {}

    @Override
    public void reload() {}

    @Override
    public List<FoundList> all() {
        return List.copyOf(found);
    }

    @Override
    public boolean begin() {
        return false;
    }

    @Override
    public void order() {}

    @Override
    public void finish(Found outcome, Duration again) {}

    @Override
    public void fail(String error, Duration again) {}

    @Override
    public LookUpState state() {
        return state;
    }

    @Override
    public int join(Collection<String> lists, boolean dryRun) {
        return tell("join " + lists + (dryRun ? " dry" : ""), lists);
    }

    @Override
    public int dismiss(Collection<String> lists) {
        return tell("dismiss " + lists, lists);
    }

    @Override
    public Forgotten forget(Collection<String> lists, String user) {
        return new Forgotten(tell("forget " + lists + " " + user, lists), 0);
    }

    @Override
    public int goLive(Collection<String> lists) {
        return tell("go live " + lists, lists);
    }

    private int tell(String what, Collection<String> lists) {
        told.add(what);
        return lists.size();
    }
}
