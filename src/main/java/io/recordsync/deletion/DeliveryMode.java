package io.recordsync.deletion;

import java.util.Collection;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;

/** Whether deletions are made, or only rehearsed: then all is done but the DELETE call. Thread-safe. */
public final class DeliveryMode {

    private final boolean dryRun;
    private final Set<String> dryRunLists;
    private final Supplier<Set<String>> joined;

    /** What is done where no list says otherwise. */
    public enum Kind {
        /** The DELETE call is made. */
        LIVE,
        /** Everything but the DELETE call is done. */
        DRY_RUN
    }

    /**
     * @param dryRun whether everything is rehearsed
     * @param dryRunLists record lists of which everything is rehearsed all the same
     */
    public DeliveryMode(boolean dryRun, Set<String> dryRunLists) {
        this(dryRun, dryRunLists, Set::of);
    }

    private DeliveryMode(boolean dryRun, Set<String> dryRunLists, Supplier<Set<String>> joined) {
        this.dryRun = dryRun;
        this.dryRunLists = Set.copyOf(dryRunLists);
        this.joined = joined;
    }

    public static DeliveryMode of(Kind kind, Collection<String> dryRunLists) {
        return new DeliveryMode(kind == Kind.DRY_RUN, Set.copyOf(dryRunLists));
    }

    /** Likewise; and of those lists everything is rehearsed that have joined so, and until they go live. */
    public DeliveryMode with(Supplier<Set<String>> joinedAsDryRun) {
        return new DeliveryMode(dryRun, dryRunLists, joinedAsDryRun);
    }

    public boolean dryRun() {
        return dryRun;
    }

    /** Record lists of which everything is rehearsed now, whatever is done with the others. */
    public Set<String> dryRunLists() {
        Set<String> all = new HashSet<>(dryRunLists);
        all.addAll(joined.get());
        return all;
    }

    /** Those of the configuration. */
    public Set<String> configuredLists() {
        return dryRunLists;
    }

    public Kind kind() {
        return dryRun ? Kind.DRY_RUN : Kind.LIVE;
    }

    public boolean rehearses(String recordList) {
        return dryRun || dryRunLists().contains(recordList);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof DeliveryMode mode && mode.dryRun == dryRun && mode.dryRunLists.equals(dryRunLists);
    }

    @Override
    public int hashCode() {
        return Objects.hash(dryRun, dryRunLists);
    }

    @Override
    public String toString() {
        return Word.dashed(kind());
    }
}
