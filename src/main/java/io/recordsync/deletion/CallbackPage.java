package io.recordsync.deletion;

import java.util.List;

/**
 * One page of callbacks.
 *
 * @param ids of all that are on it, whether they have a record or not
 * @param callbacks those still to be made that name a record
 * @param total how many there are on all pages by its word; -1 where it does not say
 * @param last whether no page follows
 */
public record CallbackPage(List<String> ids, List<ScheduledCallback> callbacks, long total, boolean last) {

    public CallbackPage {
        ids = List.copyOf(ids);
        callbacks = List.copyOf(callbacks);
    }
}
