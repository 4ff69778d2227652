package io.recordsync.simulator.talkdesk;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** What was called and how it was answered, and the place to wait for more of it. Thread-safe. */
final class CallLog {

    private final Map<Integer, DeleteCall> deletes = new LinkedHashMap<>();
    private final List<ReadCall> reads = new ArrayList<>();
    private final List<TokenCall> tokens = new ArrayList<>();
    private final List<String> mistakes = new ArrayList<>();
    private int seen;
    private int inFlight;
    private int mostInFlight;
    private long recordsDeleted;
    private volatile boolean onlyCounts;

    /** Mistakes and tokens are kept all the same. */
    void keepOnlyCounts() {
        onlyCounts = true;
    }

    boolean keepsOnlyCounts() {
        return onlyCounts;
    }

    synchronized DeleteCall arrived(String recordList, List<Item> items, Request request) {
        seen++;
        inFlight++;
        mostInFlight = Math.max(mostInFlight, inFlight);
        return put(DeleteCall.arrived(seen, System.nanoTime(), recordList, items, request));
    }

    synchronized DeleteCall deleted(DeleteCall call, int records) {
        recordsDeleted += records;
        return put(call.deleted(records));
    }

    synchronized DeleteCall put(DeleteCall call) {
        if (!onlyCounts) {
            deletes.put(call.number(), call);
        }
        notifyAll();
        return call;
    }

    synchronized void ended() {
        inFlight--;
    }

    synchronized void read(ReadCall call) {
        if (!onlyCounts) {
            reads.add(call);
        }
        notifyAll();
    }

    synchronized void token(TokenCall call) {
        tokens.add(call);
        notifyAll();
    }

    synchronized void mistake(String what) {
        mistakes.add(what);
        notifyAll();
    }

    synchronized List<DeleteCall> deletes() {
        return List.copyOf(deletes.values());
    }

    synchronized List<ReadCall> reads() {
        return List.copyOf(reads);
    }

    synchronized List<TokenCall> tokens() {
        return List.copyOf(tokens);
    }

    synchronized List<String> mistakes() {
        return List.copyOf(mistakes);
    }

    synchronized int seen() {
        return seen;
    }

    synchronized int mostInFlight() {
        return mostInFlight;
    }

    synchronized long recordsDeleted() {
        return recordsDeleted;
    }

    synchronized void forget() {
        deletes.clear();
        reads.clear();
        tokens.clear();
        mistakes.clear();
    }

    Map<String, List<DeleteCall>> sentTo(String recordList) {
        Map<String, List<DeleteCall>> sent = new HashMap<>();
        deletes().stream().filter(call -> call.recordList().equals(recordList)).forEach(call -> call.identifiers()
                .forEach(identifier -> sent.computeIfAbsent(identifier, key -> new ArrayList<>())
                        .add(call)));
        return sent;
    }

    /** A call counts as a repeat only if it arrived after the confirming answer was written. */
    List<Repeat> repeats() {
        Map<Map.Entry<String, Item>, DeleteCall> confirmed = new HashMap<>();
        List<Repeat> repeats = new ArrayList<>();
        List<DeleteCall> calls = deletes();
        calls.stream().filter(DeleteCall::confirmed).forEach(call -> call.items()
                .forEach(item -> confirmed.putIfAbsent(Map.entry(call.recordList(), item), call)));
        calls.forEach(call -> call.items().forEach(item -> {
            DeleteCall first = confirmed.get(Map.entry(call.recordList(), item));
            if (first != null && call.arrivedNanos() - first.answeredNanos() > 0) {
                repeats.add(new Repeat(item, first, call));
            }
        }));
        return repeats;
    }

    /** Looks after every change; the condition is asked with the log locked. */
    synchronized void await(Duration atMost, BooleanSupplier condition, Supplier<String> otherwise) {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (!condition.getAsBoolean()) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                throw new AssertionError(otherwise.get() + " within " + atMost.toMillis() + " ms");
            }
            try {
                wait(left / 1_000_000 + 1);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("Interrupted: " + otherwise.get(), e);
            }
        }
    }
}
