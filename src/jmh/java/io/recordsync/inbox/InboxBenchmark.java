package io.recordsync.inbox;

import io.recordsync.deletion.Batch;
import io.recordsync.deletion.DeletionRequest;
import io.recordsync.deletion.DeletionState;
import io.recordsync.deletion.Identifier;
import io.recordsync.deletion.Intake;
import io.recordsync.deletion.Origin;
import io.recordsync.deletion.StreamPosition;
import io.recordsync.inbox.database.Database;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What the store does for one response and for one claim, on a SQLite file with its shipped durability. */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 200)
@Measurement(iterations = 300)
public class InboxBenchmark {

    private static final int RESPONSE = 100;
    private static final int CLAIM = 800;
    // Odd, so that no two numbers meet.
    private static final long STEP = 0x9E3779B97FL;
    private static final long MASK = (1L << 40) - 1;

    /** An inbox on a file of its own; of the whole benchmark, because JMH would give each of those below another one. */
    @State(Scope.Benchmark)
    public static class Stored {

        Store store;
        Inbox inbox;
        private StreamPosition position;
        private long next;

        @Setup
        public void open() throws IOException {
            Path folder = Files.createTempDirectory(Files.createDirectories(Path.of("target/benchmark")), "inbox-");
            store = Store.open(Database.at("jdbc:sqlite:" + folder.resolve("inbox.db"), null, null));
            inbox = Inbox.open(
                    store,
                    new InboxSettings(Duration.ofHours(24), Duration.ofSeconds(30), Duration.ofDays(400), "a key"));
            inbox.recordLists().register(List.of("list-1"));
            position = inbox.intakes().subscribe("/data/ContactChangeEvent").orElseThrow().position();
        }

        Intake response(int deletions) {
            List<DeletionRequest> requests = IntStream.range(0, deletions)
                    .mapToObj(i -> new DeletionRequest(
                            "list-1",
                            // In no order, as an org deletes its contacts.
                            Identifier.external("salesforce", "003Rj%010xIAA".formatted(next++ * STEP & MASK)),
                            new UUID(next * STEP, next) + "/1",
                            Origin.STREAM,
                            Instant.ofEpochMilli(1_771_000_000_000L),
                            DeletionState.PENDING))
                    .toList();
            return new Intake(
                    requests,
                    List.of(),
                    new StreamPosition(position.channel(), new byte[] {1, 2, 3, (byte) next}, position.epoch()));
        }

        @TearDown
        public void close() {
            store.close();
        }
    }

    /** A response of 100 events. */
    @State(Scope.Thread)
    public static class Response {

        Intake intake;

        @Setup(Level.Invocation)
        public void make(Stored stored) {
            intake = stored.response(RESPONSE);
        }
    }

    /** 800 deletions that are due. */
    @State(Scope.Thread)
    public static class Due {

        @Setup(Level.Invocation)
        public void accept(Stored stored) {
            stored.inbox.intakes().accept(stored.response(CLAIM));
        }
    }

    @Benchmark
    public Object accept_a_response_of_100(Stored stored, Response response) {
        return stored.inbox.intakes().accept(response.intake);
    }

    @Benchmark
    public Object claim_800(Stored stored, Due due) {
        List<Batch> claimed = stored.inbox.queue().claim(CLAIM / 100, 100);
        if (claimed.size() != CLAIM / 100) {
            throw new IllegalStateException("%d batches were claimed (expected %d)".formatted(claimed.size(), CLAIM / 100));
        }
        return claimed;
    }
}
