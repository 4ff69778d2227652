package io.recordsync.config;

import java.time.Duration;

/**
 * What people are told, and where.
 *
 * @param webhook empty: nobody is told
 * @param header {@code Name: value}; empty: none
 * @param routingKey PagerDuty's
 * @param after how long a check must be as it is before that is told
 * @param heartbeat empty: nothing is pinged
 * @param publicUrl the page's address without a slash at its end; empty: it is not known
 */
public record AlertSettings(
        Secret webhook,
        WebhookForm form,
        Secret header,
        Secret routingKey,
        Duration after,
        Secret heartbeat,
        String publicUrl) {}
