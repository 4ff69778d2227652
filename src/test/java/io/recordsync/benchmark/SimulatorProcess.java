package io.recordsync.benchmark;

import io.recordsync.simulator.salesforce.ChangeEvent;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.Answer;
import io.recordsync.simulator.talkdesk.DeleteCall;
import io.recordsync.simulator.talkdesk.Item;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;

/**
 * Both simulators as a process of their own, which a benchmark tells what to do: a line of words in, a line with the answer
 * out.
 *
 * <p>Its first line says where it listens. It ends with its standard input. Times that it tells are epoch microseconds.
 */
public final class SimulatorProcess {

    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final Duration BURST = Duration.ofMillis(20);
    /** Where ids begin that no ledger was filled with. */
    private static final long FIRST_ID = 8_000_000;

    private final SalesforceSimulator salesforce =
            SalesforceSimulator.builder().patience(PATIENCE).light().start();
    private final TalkdeskSimulator talkdesk = TalkdeskSimulator.start();
    private final List<String> lists = new ArrayList<>();
    private final Map<String, Long> publishedAt = new ConcurrentHashMap<>();

    private long nextId = FIRST_ID;
    private long before;
    private long published;
    private volatile Thread flow;

    // ---- what calls brought, since the mark; guarded by itself
    private long calls;
    private long items;
    private long firstCall;
    private List<Long> latencies = new ArrayList<>();

    private SimulatorProcess() {
        talkdesk.keepOnlyCounts();
        talkdesk.onAllLists().decide(call -> {
            arrived(call);
            return null;
        });
    }

    public static void main(String[] args) throws Exception {
        PrintStream answers = System.out;
        // What libraries print must not be taken for an answer.
        System.setOut(System.err);
        SimulatorProcess process = new SimulatorProcess();
        answers.println(
                process.salesforce.loginUrl() + " " + process.salesforce.pubsubPort() + " " + process.talkdesk.url());
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in));
        for (String command = commands.readLine(); command != null; command = commands.readLine()) {
            answers.println(process.answer(command));
        }
        System.exit(0);
    }

    private String answer(String command) {
        try {
            return ("ok " + obey(command.split(" "))).strip();
        } catch (Exception | AssertionError e) {
            e.printStackTrace();
            return ("failed " + e).replaceAll("\\s+", " ");
        }
    }

    private String obey(String[] words) throws InterruptedException {
        return switch (words[0]) {
            case "lists" -> lists(Integer.parseInt(words[1]));
            case "publish" -> publish(Integer.parseInt(words[1]), Integer.parseInt(words[2]));
            case "records" -> records(Long.parseLong(words[1]), Long.parseLong(words[2]));
            case "latency" -> latency(Long.parseLong(words[1]));
            case "slow" -> slow(Long.parseLong(words[1]));
            case "gone" -> gone(Integer.parseInt(words[1]));
            case "mark" -> mark();
            case "await-deleted" -> awaitDeleted(Long.parseLong(words[1]));
            case "subscriptions" -> Integer.toString(
                    salesforce.recording().subscribes().size());
            case "await-subscribed" -> Long.toString(micros(salesforce
                    .recording()
                    .awaitSubscription(Integer.parseInt(words[1]))
                    .at()));
            case "first-delete" -> firstDelete();
            case "trickle" -> trickle(Integer.parseInt(words[1]), Integer.parseInt(words[2]));
            case "flow" -> flow(Integer.parseInt(words[1]));
            case "stop-flow" -> stopFlow();
            case "percentiles" -> percentiles();
            case "check" -> check();
            default -> throw new IllegalArgumentException("No such command: " + words[0]);
        };
    }

    private String lists(int count) {
        while (lists.size() < count) {
            String list = "list-" + (lists.size() + 1);
            talkdesk.addList(list, "EXTERNAL");
            lists.add(list);
        }
        return String.join(",", lists);
    }

    /** The clock of {@code await-deleted} starts when the first response is on its way: what it cost to make them is not in it. */
    private String publish(int events, int recordsEach) {
        ChangeEvent[] made = new ChangeEvent[events];
        for (int i = 0; i < events; i++) {
            made[i] = ChangeEvent.delete(newContacts(recordsEach).toArray(String[]::new));
        }
        salesforce.publish(made);
        published = System.nanoTime();
        return "";
    }

    private List<String> newContacts(int count) {
        List<String> ids =
                LongStream.range(nextId, nextId + count).mapToObj(SpreadIds::of).toList();
        nextId += count;
        lists.forEach(list -> talkdesk.addRecords(list, "salesforce", ids));
        return ids;
    }

    private String records(long from, long count) {
        LongStream.range(from, from + count)
                .mapToObj(SpreadIds::of)
                .forEach(id -> lists.forEach(list -> talkdesk.addRecord(list, "salesforce", id)));
        return "";
    }

    private String latency(long millis) {
        talkdesk.latency(Duration.ofMillis(millis));
        return "";
    }

    /** Every list but the first answers so late from now on. */
    private String slow(long millis) {
        lists.subList(1, lists.size())
                .forEach(list -> talkdesk.onList(list).always(Answer.normal().delayed(Duration.ofMillis(millis))));
        return "";
    }

    /** @return nanoseconds until so many contacts, deleted now, are gone from the first list */
    private String gone(int count) {
        List<String> ids = newContacts(count);
        long now = System.nanoTime();
        salesforce.publishDelete(ids);
        talkdesk.awaitGone(lists.get(0), ids, PATIENCE);
        return Long.toString(System.nanoTime() - now);
    }

    private synchronized String mark() {
        before = talkdesk.recordsDeleted();
        calls = 0;
        items = 0;
        firstCall = 0;
        latencies = new ArrayList<>();
        return "";
    }

    /** @return nanoseconds since the publication, calls, items */
    private String awaitDeleted(long count) {
        talkdesk.awaitRecordsDeleted(before + count, PATIENCE);
        long took = System.nanoTime() - published;
        synchronized (this) {
            return took + " " + calls + " " + items;
        }
    }

    private synchronized String firstDelete() throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (firstCall == 0) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                throw new AssertionError("No DELETE came within " + PATIENCE);
            }
            wait(left / 1_000_000 + 1);
        }
        return Long.toString(firstCall);
    }

    private synchronized void arrived(DeleteCall call) {
        calls++;
        items += call.items().size();
        if (firstCall == 0) {
            firstCall = micros(Instant.now());
            notifyAll();
        }
        if (publishedAt.isEmpty()) {
            return;
        }
        for (Item item : call.items()) {
            Long at = publishedAt.remove(item.identifier());
            if (at != null) {
                latencies.add((call.arrivedNanos() - at) / 1000);
            }
        }
    }

    /** @return as {@link #percentiles} */
    private String trickle(int perSecond, int seconds) throws InterruptedException {
        mark();
        long start = System.nanoTime();
        for (int i = 0; i < perSecond * seconds; i++) {
            parkUntil(start + i * 1_000_000_000L / perSecond);
            publishTimed(1);
        }
        talkdesk.awaitRecordsDeleted(before + (long) perSecond * seconds * lists.size(), PATIENCE);
        return percentiles();
    }

    private String flow(int perSecond) {
        flow = new Thread(() -> {
            int burst = Math.max(1, (int) (perSecond * BURST.toMillis() / 1000));
            long start = System.nanoTime();
            for (long i = 0; flow == Thread.currentThread(); i += burst) {
                parkUntil(start + i * 1_000_000_000L / perSecond);
                publishTimed(burst);
            }
        });
        flow.setDaemon(true);
        flow.start();
        return "";
    }

    private String stopFlow() throws InterruptedException {
        Thread last = flow;
        flow = null;
        last.join();
        return "";
    }

    private void publishTimed(int events) {
        List<String> ids = newContacts(events);
        long now = System.nanoTime();
        ids.forEach(id -> publishedAt.put(id, now));
        salesforce.publishDelete(ids);
    }

    /** @return of the latencies since they were asked for: p50 and p99 in microseconds, how many, and how many are still on their way */
    private String percentiles() {
        List<Long> taken;
        synchronized (this) {
            taken = latencies;
            latencies = new ArrayList<>();
        }
        if (taken.isEmpty()) {
            throw new AssertionError("Nothing was published and deleted");
        }
        List<Long> sorted = taken.stream().sorted().toList();
        return sorted.get(sorted.size() / 2) + " " + sorted.get(sorted.size() * 99 / 100) + " " + sorted.size() + " "
                + publishedAt.size();
    }

    /** Fails where anybody asked for what is not documented. */
    private String check() {
        List<String> mistakes = talkdesk.mistakes();
        if (!mistakes.isEmpty()) {
            throw new AssertionError(mistakes.size() + " mistakes at Talkdesk, the first: " + mistakes.get(0));
        }
        return "";
    }

    private static void parkUntil(long nanos) {
        for (long left = nanos - System.nanoTime(); left > 0; left = nanos - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    static long micros(Instant at) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, at);
    }
}
