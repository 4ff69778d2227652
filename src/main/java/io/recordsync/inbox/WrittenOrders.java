package io.recordsync.inbox;

import io.recordsync.inbox.Decisions.Act;
import io.recordsync.inbox.Decisions.Selection;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * The orders of people that are written down: those that bear a key of the caller's, so that the same key does nothing twice, and
 * those over many deletions, which are worked off in steps by whichever process of the database is there.
 *
 * <p>What an order changes is committed together with the word that it has happened. Thread-safe; throws {@link InboxException} when
 * the database fails.
 */
public interface WrittenOrders {

    /** An order over more deletions than this is worked off in steps, each over at most so many. */
    int STEP = 1_000;

    /**
     * To be called before an order that bears a key is carried out by this thread. Where it is to be carried out now, {@link #end}
     * follows.
     */
    Begun begin(Request request);

    /**
     * How the act that follows of this thread is answered, where its order bears a key: that is committed together with what the act
     * changes, so that a process that dies before it answers leaves the answer.
     *
     * @param answer of what the act brought
     */
    <T> void answering(int status, Function<T, String> answer);

    /**
     * Likewise, of an act over deletions. Where nothing of what was shown is left it does not happen.
     *
     * @param answer of how many it changed, and how many it left as they were, null where the order did not say what was shown
     */
    void answering(Act act, Selection selection, Set<String> dryRun, BiFunction<Integer, Long, String> answer);

    /** The order of this thread was answered so. What it changed is changed; a refusal changed nothing and is forgotten. */
    void end(String id, int status, String answer);

    /**
     * Writes an order over many deletions down, to be worked off; of one that bears a key, what {@link #begin} has written goes on.
     * What enters the state from now on stays as it is, also where the selection does not say what was shown.
     *
     * @return empty where they are not many: nothing is written then
     * @throws Decisions.UnexpectedCountException when there are not as many as the person believes
     */
    Optional<WrittenOrder> accept(Act act, Selection selection, String path, String user);

    /**
     * Takes the next step of an order that no living process is at, but perhaps this one.
     *
     * @param dryRun lists whose rows do not go live
     * @return whether there was one
     */
    boolean workOff(Set<String> dryRun);

    /** By its id, or the key that it bears. */
    Optional<WrittenOrder> find(String idOrKey);

    /**
     * An order that bears a key.
     *
     * @param digest of all that was sent: another one under the same key is another order
     */
    record Request(String key, String digest, String path, String user) {}

    /** What is to be done about an order that bears a key. */
    sealed interface Begun {

        /** It is to be carried out. */
        record Now(String id) implements Begun {}

        /** It was carried out, or is being carried out: nothing is to be done. */
        record Before(WrittenOrder order) implements Begun {}

        /** The key stands for another order. */
        record Another() implements Begun {}
    }

    /**
     * An order as it stands.
     *
     * @param running whether it is not over: a process is at it, or it is to be worked off
     * @param happened whether what it changes is changed, or some of it
     * @param steps whether it is worked off in steps
     * @param status of the answer; 0 while there is none, or where the process ended before it
     * @param changed of one that is worked off: how many deletions, until now
     * @param left of one that is worked off: how many it left as they were; null until it is over
     */
    record WrittenOrder(
            String id,
            String path,
            String user,
            Instant at,
            boolean running,
            boolean happened,
            boolean steps,
            int status,
            String answer,
            long changed,
            Long left) {}
}
