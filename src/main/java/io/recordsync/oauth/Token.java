package io.recordsync.oauth;

import java.time.Instant;

/**
 * An access token as it was granted.
 *
 * <p>{@link #toString()} is safe to log: it leaves the value out.
 *
 * @param value what goes behind {@code Bearer}
 * @param expiresAt when it ends: {@code expires_in} after it was asked for, or the configured life where that is missing
 * @param instanceUrl where the API is, from {@code instance_url} of Salesforce's answer; null from Talkdesk
 * @param orgId the 18-character org id, cut from {@code id} of Salesforce's answer; null from Talkdesk
 * @param scope what was granted; null where the answer does not say, which means what was asked for (RFC 6749, 5.1)
 */
public record Token(String value, Instant expiresAt, String instanceUrl, String orgId, String scope) {

    @Override
    public String toString() {
        return "Token[expiresAt=" + expiresAt + ", instanceUrl=" + instanceUrl + ", orgId=" + orgId + "]";
    }
}
