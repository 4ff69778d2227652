package io.recordsync.inbox;

/** All roles of the inbox in one, as one object still plays them. */
public interface Inbox extends Intakes, Doubts, Queue, RecordLists, Decisions, Session, Retention {

    @Override
    void close();
}
