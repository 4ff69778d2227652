package io.recordsync.config;

import io.recordsync.deletion.DeliveryMode;
import java.time.Duration;

/**
 * How calls are made, and what follows when they fail.
 *
 * @param rate calls started per second; 0: no limit
 * @param timeout of a whole call
 * @param refusalsInARow lone items of a list, refused with one code, before the list is suspended
 * @param holdWindow how long a deletion waits before it is sent
 * @param retryAfterMax a longer {@code Retry-After} is cut to this
 */
public record DeliverySettings(
        int concurrency,
        int rate,
        Duration timeout,
        Duration backoff,
        Duration backoffMax,
        Duration giveUpAfter,
        int refusalsInARow,
        DeliveryMode mode,
        Duration holdWindow,
        Duration retryAfterMax) {}
