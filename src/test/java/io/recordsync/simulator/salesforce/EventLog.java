package io.recordsync.simulator.salesforce;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.UUID;

/**
 * The event bus of the org: what was published, in order, and the replay ids that lead back into it.
 *
 * <p>A place is an index into the log: that of the next event to be delivered. Replay ids are a number of eight bytes that grows by
 * leaps, so that no client can count, and two zeros; there are clients that know the number alone, and are understood. They and the events last 72 hours. With a journal, the newest events and their
 * replay ids outlive the process. Not thread-safe: {@link PubSubService} guards it.
 */
final class EventLog {

    private static final Duration RETENTION = Duration.ofHours(72);
    private static final ByteString NO_MORE = ByteString.copyFrom(new byte[2]);
    private static final int REPLAY_ID_BYTES = Long.BYTES + NO_MORE.size();
    private static final int MOST_RESTORED = 50_000;

    private final Clock clock;
    private final SecureRandom random = new SecureRandom();
    private final List<Event> events = new ArrayList<>();
    private final Map<ByteString, Mark> marks = new HashMap<>();
    private final Path journal;
    /** Bytes of it are no text: none at all, '+' and '/', and one that is not UTF-8. */
    private long lastNumber = 0x0000_2b00_2fff_0000L;

    private int forgotten;

    /** @param journal a file to read and to go on with; null = none */
    EventLog(Clock clock, Path journal) {
        this.clock = clock;
        this.journal = journal;
        if (journal != null) {
            restore();
        }
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
        if (journal != null) {
            write(appended, StandardOpenOption.APPEND);
        }
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
        boolean number = replayId.size() == Long.BYTES;
        Mark mark = marks.get(number ? replayId.concat(NO_MORE) : replayId);
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
        lastNumber += 1 + random.nextInt(1_000);
        return ByteString.copyFrom(
                ByteBuffer.allocate(REPLAY_ID_BYTES).putLong(lastNumber).array());
    }

    private void goOnAfter(ByteString replayId) {
        lastNumber = Math.max(lastNumber, replayId.asReadOnlyByteBuffer().getLong());
    }

    /** An event that is cut, because the process was killed while writing it, was never published. */
    private void restore() {
        try {
            List<String> lines = Files.exists(journal) ? Files.readAllLines(journal) : List.of();
            for (String line : lines.subList(Math.max(0, lines.size() - MOST_RESTORED), lines.size())) {
                String[] field = line.split(" ");
                if (field.length == 7 && field[6].equals(".")) {
                    Event event = new Event(
                            field[0],
                            bytes(field[1]),
                            field[2],
                            field[3],
                            bytes(field[4]),
                            Instant.ofEpochMilli(Long.parseLong(field[5])));
                    events.add(event);
                    goOnAfter(event.replayId());
                    marks.put(event.replayId(), new Mark(events.size(), event.publishedAt()));
                }
            }
            write(events, StandardOpenOption.TRUNCATE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + journal, e);
        }
    }

    private void write(List<Event> written, StandardOpenOption how) {
        StringBuilder lines = new StringBuilder();
        for (Event e : written) {
            lines.append(String.join(
                            " ",
                            e.id(),
                            text(e.replayId()),
                            e.entityName(),
                            e.schemaId(),
                            text(e.payload()),
                            Long.toString(e.publishedAt().toEpochMilli()),
                            "."))
                    .append('\n');
        }
        try {
            Files.writeString(journal, lines, StandardOpenOption.CREATE, StandardOpenOption.WRITE, how);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + journal, e);
        }
    }

    private static String text(ByteString bytes) {
        return Base64.getEncoder().encodeToString(bytes.toByteArray());
    }

    private static ByteString bytes(String text) {
        return ByteString.copyFrom(Base64.getDecoder().decode(text));
    }
}
