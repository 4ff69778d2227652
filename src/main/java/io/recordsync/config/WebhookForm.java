package io.recordsync.config;

/** Who takes the messages of {@code alerts.webhook}: each wants another body. */
public enum WebhookForm {
    JSON,
    SLACK,
    TEAMS,
    PAGERDUTY
}
