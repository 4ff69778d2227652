package io.recordsync.inbox.database;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/**
 * Acts that are ready at the same moment share one transaction.
 *
 * <p>Nobody waits for company: an act that finds no other one on its way begins at once, and what is asked for meanwhile is the next
 * transaction together. Each caller returns once its own part is committed. A transaction that changed nothing because one of
 * several acts was refused is made again for each of them alone, so that none fails for another's sake; a failure that each of them
 * would meet, and one that may have changed something, is that of all.
 *
 * <p>An act may be done by the thread of another caller, and more than once. Thread-safe.
 *
 * @param <A> an act, as it is asked for
 * @param <R> what it brings
 * @param <E> what a transaction throws that fails
 */
public final class GroupCommit<A, R, E extends Exception> {

    /** So that the callers that came first do not wait for very many others. */
    static final int MAX_ACTS = 32;

    private final Together<A, R, E> together;
    private final Predicate<Exception> common;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<Asked> waiting = new ArrayList<>();
    private boolean busy;

    /** Does these in one transaction, and returns what each of them brought, in their order. */
    public interface Together<A, R, E extends Exception> {
        List<R> commit(List<A> acts) throws E;
    }

    /** @param common whether a failure is that of all acts of its transaction; any other is met by each of them alone */
    public GroupCommit(Together<A, R, E> together, Predicate<Exception> common) {
        this.together = together;
        this.common = common;
    }

    /** An act, and how it ended. */
    private final class Asked {

        private final A act;
        private boolean done;
        private R result;
        private Throwable failure;

        Asked(A act) {
            this.act = act;
        }

        void succeeded(R brought) {
            result = brought;
            done = true;
        }

        void failed(Throwable e) {
            failure = e;
            done = true;
        }

        @SuppressWarnings("unchecked") // a transaction throws nothing else
        R outcome() throws E {
            if (failure instanceof Error e) {
                throw e;
            }
            if (failure != null) {
                throw (E) failure;
            }
            return result;
        }
    }

    /** @throws E as the transaction does */
    public R commit(A act) throws E {
        Asked mine = new Asked(act);
        List<Asked> group = join(mine);
        if (!group.isEmpty()) {
            try {
                doTogether(group);
            } finally {
                leave();
            }
        }
        return mine.outcome();
    }

    /** @return what the caller has to do for all; empty when its own act was done by another one */
    private List<Asked> join(Asked mine) {
        lock.lock();
        try {
            waiting.add(mine);
            while (busy && !mine.done) {
                // Another thread is at it: it ends by itself, and what it has written must be known here.
                changed.awaitUninterruptibly();
            }
            if (mine.done) {
                return List.of();
            }
            busy = true;
            List<Asked> next = waiting.subList(0, Math.min(MAX_ACTS, waiting.size()));
            List<Asked> group = List.copyOf(next);
            next.clear();
            return group;
        } finally {
            lock.unlock();
        }
    }

    /** How many wait for their transaction. */
    int waiting() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }

    private void leave() {
        lock.lock();
        try {
            busy = false;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void doTogether(List<Asked> group) {
        try {
            List<R> results =
                    together.commit(group.stream().map(asked -> asked.act).toList());
            for (int i = 0; i < group.size(); i++) {
                group.get(i).succeeded(results.get(i));
            }
        } catch (Exception e) {
            if (group.size() == 1 || common.test(e)) {
                group.forEach(asked -> asked.failed(e));
            } else {
                group.forEach(asked -> doTogether(List.of(asked)));
            }
        } catch (Error e) {
            group.forEach(asked -> asked.failed(e));
        }
    }
}
