package io.recordsync.ops;

import io.recordsync.deletion.Confirmation;
import io.recordsync.deletion.DeletionRequest;
import io.recordsync.deletion.DeletionState;
import io.recordsync.deletion.HeldReason;
import io.recordsync.deletion.Intake;
import io.recordsync.deletion.StreamPosition;
import io.recordsync.inbox.Decisions;
import io.recordsync.inbox.InboxException;
import io.recordsync.inbox.Intakes;
import io.recordsync.inbox.Ledger;
import io.recordsync.inbox.NotAsShownException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** An inbox that remembers what it was told, and shows what a test puts into it. */
public final class InMemoryInbox implements Intakes, Decisions, Ledger {

    final Map<HeldReason, Long> held = new EnumMap<>(HeldReason.class);

    public final List<String> orderedBy = new CopyOnWriteArrayList<>();
    public final List<Intake> intakes = new CopyOnWriteArrayList<>();
    public final List<String> acts = new CopyOnWriteArrayList<>();
    public final List<Filter> filters = new CopyOnWriteArrayList<>();
    public final List<Entry> entries = new CopyOnWriteArrayList<>();
    public final List<Attempt> attempts = new CopyOnWriteArrayList<>();
    public final List<ProblemEntry> problems = new CopyOnWriteArrayList<>();
    public final List<DeadLetters> deadLetters = new CopyOnWriteArrayList<>();
    public final List<RecordListEntry> recordLists = new CopyOnWriteArrayList<>();
    public final Map<DeletionState, Long> counts = new EnumMap<>(DeletionState.class);
    public volatile Instant oldestPending;
    public volatile PositionEntry position;
    public volatile GuardEntry guard = new GuardEntry(null, 0, null, null);
    public volatile boolean broken;
    public volatile boolean catchingUp;
    public volatile String trouble;
    public volatile boolean buggy;
    public volatile int counted;
    public volatile long mark;
    public volatile long left;
    public volatile int redriven = 7;

    private void check() {
        if (broken) {
            throw new InboxException("connection refused", null);
        }
        if (buggy) {
            throw new IllegalStateException("secret detail");
        }
    }

    @Override
    public Accepted order(List<DeletionRequest> deletions, String user) {
        orderedBy.add(user);
        return accept(new Intake(deletions, List.of(), null));
    }

    @Override
    public Accepted accept(Intake intake) {
        check();
        intakes.add(intake);
        return new Accepted(
                IntStream.rangeClosed(1, intake.deletions().size())
                        .mapToObj(Long::valueOf)
                        .toList(),
                0);
    }

    @Override
    public int redrive(Selection selection, String user) {
        check();
        acts.add("redrive " + selection + " by " + user);
        return redriven;
    }

    @Override
    public int approve(Selection selection, String user) {
        check();
        acts.add("approve " + selection + " by " + user);
        return 5;
    }

    @Override
    public int reject(Selection selection, String user) {
        check();
        acts.add("reject " + selection + " by " + user);
        return 6;
    }

    @Override
    public Instant openGuard(Duration length, String user) {
        check();
        acts.add("open " + length + " by " + user);
        return Instant.parse("2026-03-01T13:00:00Z");
    }

    @Override
    public int goLive(Selection selection, Set<String> except, String user) {
        check();
        acts.add("go live " + selection + " but " + except + " by " + user);
        return 9;
    }

    @Override
    public Map<HeldReason, Long> held() {
        check();
        return held;
    }

    @Override
    public GuardEntry guard() {
        check();
        return guard;
    }

    @Override
    public int discard(Selection selection, String user) {
        check();
        acts.add("discard " + selection + " by " + user);
        return 8;
    }

    @Override
    public int discardRehearsed(Selection selection, String user) {
        check();
        acts.add("discard rehearsed " + selection + " by " + user);
        return 10;
    }

    @Override
    public int retryNow() {
        check();
        acts.add("retry now");
        return 3;
    }

    @Override
    public long mark() {
        check();
        return mark;
    }

    @Override
    public long matching(Act act, Selection selection, Set<String> except, long most) {
        check();
        return left;
    }

    @Override
    public void confirmOrg(String orgId, String pinned) {
        check();
        if (pinned != null && !pinned.equals(position == null ? "" : position.orgId())) {
            throw new NotAsShownException("The inbox belongs to another org by now");
        }
        acts.add("confirm " + orgId);
    }

    @Override
    public Map<DeletionState, Long> counts() {
        check();
        counted++;
        return Map.copyOf(counts);
    }

    @Override
    public Map<Confirmation, Long> confirmations() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<Instant> oldestPending() {
        check();
        return Optional.ofNullable(oldestPending);
    }

    @Override
    public List<DeadLetters> deadLetters() {
        check();
        return new ArrayList<>(deadLetters);
    }

    @Override
    public List<Entry> find(Filter filter) {
        check();
        filters.add(filter);
        return new ArrayList<>(entries);
    }

    @Override
    public Optional<Entry> get(long id) {
        check();
        return entries.stream().filter(entry -> entry.id() == id).findFirst();
    }

    @Override
    public Stream<Entry> ofContact(String externalId) {
        check();
        return entries.stream().filter(entry -> entry.identifier().equals(externalId));
    }

    @Override
    public Stream<Entry> accepted(Instant from, Instant until) {
        check();
        return entries.stream()
                .filter(entry ->
                        !entry.acceptedAt().isBefore(from) && entry.acceptedAt().isBefore(until));
    }

    @Override
    public List<Attempt> attempts(long id) {
        return new ArrayList<>(attempts);
    }

    @Override
    public List<ProblemEntry> problems(int limit) {
        check();
        return new ArrayList<>(problems);
    }

    @Override
    public List<RecordListEntry> recordLists() {
        check();
        return new ArrayList<>(recordLists);
    }

    @Override
    public Optional<String> trouble() {
        return Optional.ofNullable(trouble);
    }

    @Override
    public Optional<PositionEntry> position(String channel) {
        check();
        return Optional.ofNullable(position);
    }

    @Override
    public boolean catchingUp() {
        check();
        return catchingUp;
    }

    @Override
    public long holes() {
        return 0;
    }

    @Override
    public Optional<Subscription> subscribe(String channel) {
        throw new UnsupportedOperationException();
    }

    @Override
    public String pinOrg(String orgId) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void keepSubscription(StreamPosition position) {
        throw new UnsupportedOperationException();
    }
}
