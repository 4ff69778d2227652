package io.recordsync.simulator.talkdesk;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * What shall go wrong in the bulk delete calls of one list, or of all.
 *
 * <p>Every well-formed and authorised call takes the next answer of its list's queue, else of the queue for all lists,
 * else what the standing rule of its list, then of all lists, says. Thread-safe; takes effect with the next call.
 */
public final class Script {

    private final Queue<Answer> queue = new ArrayDeque<>();
    private final Set<String> undeletable = ConcurrentHashMap.newKeySet();
    private final Set<String> refused = ConcurrentHashMap.newKeySet();
    private volatile Function<DeleteCall, Answer> standing = call -> null;
    private volatile boolean forbidden;
    private volatile boolean gone;

    Script() {}

    /** The next calls are answered with these statuses, one each. */
    public void answers(int... statuses) {
        Arrays.stream(statuses).mapToObj(Answer::status).forEach(this::answer);
    }

    /** The next calls are answered so, one each. */
    public void answer(Answer... answers) {
        synchronized (queue) {
            queue.addAll(List.of(answers));
        }
    }

    public void answerNext(int calls, Answer answer) {
        synchronized (queue) {
            queue.addAll(Collections.nCopies(calls, answer));
        }
    }

    /** Every call whose turn is not queued is answered so, until {@link #answerNormally()}. */
    public void always(Answer answer) {
        decide(call -> answer);
    }

    /** Asked for every call whose turn is not queued; null = normally. Must be thread-safe. */
    public void decide(Function<DeleteCall, Answer> rule) {
        standing = rule;
    }

    /** Forgets queued and standing answers; what is undeletable, refused, forbidden or gone stays. */
    public void answerNormally() {
        standing = call -> null;
        synchronized (queue) {
            queue.clear();
        }
    }

    /** Records of these external ids, phone numbers or record ids stay, and come back as failed. */
    public void undeletable(String... identifiers) {
        Collections.addAll(undeletable, identifiers);
    }

    public void deletableAgain(String... identifiers) {
        Arrays.asList(identifiers).forEach(undeletable::remove);
    }

    /** A call with an item of these external ids, phone numbers or record ids gets 400 and deletes nothing. */
    public void refuses(String... identifiers) {
        Collections.addAll(refused, identifiers);
    }

    public void acceptsAgain(String... identifiers) {
        Arrays.asList(identifiers).forEach(refused::remove);
    }

    /** 403 for every call on the list, GET too. */
    public void forbidden() {
        forbidden = true;
    }

    public void allowed() {
        forbidden = false;
    }

    /** 404 for every call on the list, GET too; its records are kept aside. */
    public void gone() {
        gone = true;
    }

    public void backAgain() {
        gone = false;
    }

    boolean isForbidden() {
        return forbidden;
    }

    boolean isGone() {
        return gone;
    }

    Answer queued() {
        synchronized (queue) {
            return queue.poll();
        }
    }

    Answer standing(DeleteCall call) {
        return standing.apply(call);
    }

    boolean keeps(TalkdeskRecord record) {
        return !undeletable.isEmpty()
                && (undeletable.contains(record.id())
                        || contains(undeletable, record.externalId())
                        || !Collections.disjoint(undeletable, record.phoneNumbers()));
    }

    boolean refuses(Item item) {
        return refused.contains(item.identifier());
    }

    private static boolean contains(Collection<String> set, String value) {
        return value != null && set.contains(value);
    }
}
