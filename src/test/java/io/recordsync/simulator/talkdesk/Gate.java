package io.recordsync.simulator.talkdesk;

import java.io.IOException;

/** A place where calls wait while it is shut. Thread-safe. */
final class Gate {

    private boolean shut;
    private boolean demolished;

    synchronized void shut() {
        shut = true;
    }

    synchronized boolean isShut() {
        return shut;
    }

    synchronized void open() {
        shut = false;
        notifyAll();
    }

    /** Callers that wait get an exception. */
    synchronized void demolish() {
        demolished = true;
        notifyAll();
    }

    /** Returns at once where the gate is open, else when it is opened; tells whether it had to wait. */
    synchronized boolean pass() throws IOException {
        boolean waited = shut;
        while (shut && !demolished) {
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("Interrupted while held", e);
            }
        }
        if (demolished) {
            throw new IOException("The simulator was closed");
        }
        return waited;
    }
}
