package io.recordsync.ops.health;

import io.recordsync.oauth.AccessTokens;

/** Whether one end grants a token, as of the last time it was asked. */
public final class TokenCheck extends ReadinessCheck {

    private final String keys;
    private final AccessTokens tokens;

    /** @param end {@code salesforce} or {@code talkdesk} */
    public TokenCheck(String end, AccessTokens tokens) {
        super(end + "-token");
        this.keys = end + ".*";
        this.tokens = tokens;
    }

    @Override
    String trouble() {
        return tokens.refusal()
                .map(refusal -> refusal + " (configured by " + keys + ")")
                .orElse(null);
    }
}
