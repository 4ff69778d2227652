package io.recordsync.deletion;

import java.util.List;

/**
 * One page of callbacks.
 *
 * @param listed how many there are on it, whether they have a record or not
 * @param callbacks those still to be made that name a record
 * @param last whether no page follows
 */
public record CallbackPage(int listed, List<ScheduledCallback> callbacks, boolean last) {

    public CallbackPage {
        callbacks = List.copyOf(callbacks);
    }
}
