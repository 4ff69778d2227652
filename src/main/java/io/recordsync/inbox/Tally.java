package io.recordsync.inbox;

import io.recordsync.deletion.Confirmation;

/** What is told how many deletions were settled, once the inbox holds it. */
public interface Tally {

    void settled(int rows, Confirmation confirmation);
}
