package io.recordsync.simulator.salesforce;

import com.google.protobuf.ByteString;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.UUID;

/**
 * The event bus of the org: what was published, in order, and the replay ids that lead back into it.
 *
 * <p>A place is an index into the log: that of the next event to be delivered. Replay ids are ten random bytes, so that
 * no client can count or compare them; they and the events last 72 hours. Not thread-safe: {@link PubSubService} guards
 * it.
 */
final class EventLog {

    private static final Duration RETENTION = Duration.ofHours(72);

    private final Clock clock;
    private final SecureRandom random = new SecureRandom();
    private final List<Event> events = new ArrayList<>();
    private final Map<ByteString, Mark> marks = new HashMap<>();
    private int forgotten;

    EventLog(Clock clock) {
        this.clock = clock;
    }

    record Event(
            String id,
            ByteString replayId,
            String entityName,
            String schemaId,
            ByteString payload,
            Instant publishedAt) {}

    /** What an event says, before it has a replay id. */
    record Content(String entityName, String schemaId, ByteString payload) {}

    private record Mark(int place, Instant at) {}

    /** Appends events that share one replay id. */
    List<Event> append(List<Content> contents) {
        ByteString replayId = newReplayId();
        List<Event> appended = contents.stream()
                .map(c -> new Event(
                        UUID.randomUUID().toString(),
                        replayId,
                        c.entityName(),
                        c.schemaId(),
                        c.payload(),
                        clock.instant()))
                .toList();
        events.addAll(appended);
        marks.put(replayId, new Mark(events.size(), clock.instant()));
        return appended;
    }

    int size() {
        return events.size();
    }

    Event get(int place) {
        return events.get(place);
    }

    /** The last n events, in order. */
    List<Event> last(int n) {
        return List.copyOf(events.subList(Math.max(0, events.size() - n), events.size()));
    }

    /** The oldest event that is kept. */
    int earliest() {
        Instant limit = clock.instant().minus(RETENTION);
        int place = forgotten;
        while (place < events.size() && events.get(place).publishedAt().isBefore(limit)) {
            place++;
        }
        return place;
    }

    /** The place after this id; empty when it was never given out or is too old. */
    OptionalInt after(ByteString replayId) {
        Mark mark = marks.get(replayId);
        if (mark == null || mark.at().isBefore(clock.instant().minus(RETENTION))) {
            return OptionalInt.empty();
        }
        return OptionalInt.of(mark.place());
    }

    /**
     * A replay id of its own for this place, as a keepalive carries. Within events that share an id it is the place
     * before the first of them: an id that leads past the rest would lose it.
     */
    ByteString mark(int place) {
        int whole = place;
        while (whole > 0
                && whole < events.size()
                && events.get(whole).replayId().equals(events.get(whole - 1).replayId())) {
            whole--;
        }
        ByteString replayId = newReplayId();
        marks.put(replayId, new Mark(whole, clock.instant()));
        return replayId;
    }

    /** As if 72 hours had passed: the events and all replay ids are gone. */
    void expire() {
        forgotten = events.size();
        marks.clear();
    }

    /** The events stay, under other replay ids; those given out so far are refused. */
    void renumber() {
        marks.clear();
        ByteString old = null;
        ByteString fresh = null;
        for (int i = 0; i < events.size(); i++) {
            Event e = events.get(i);
            if (!e.replayId().equals(old)) {
                old = e.replayId();
                fresh = newReplayId();
            }
            events.set(i, new Event(e.id(), fresh, e.entityName(), e.schemaId(), e.payload(), e.publishedAt()));
            marks.put(fresh, new Mark(i + 1, e.publishedAt()));
        }
    }

    private ByteString newReplayId() {
        byte[] id = new byte[10];
        random.nextBytes(id);
        // Bytes that a client must not take for text: none at all, '+' and '/', and one that is not UTF-8.
        id[0] = 0;
        id[3] = '+';
        id[6] = '/';
        id[9] = (byte) 0xff;
        return ByteString.copyFrom(id);
    }
}
