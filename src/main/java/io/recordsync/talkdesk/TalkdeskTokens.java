package io.recordsync.talkdesk;

import io.recordsync.oauth.AccessTokens;
import io.recordsync.oauth.TokenUnavailableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The token that a call bears, by what it asks for: records are read with one of their own, so that a scope that was not granted
 * never stops the deletions. Thread-safe.
 */
public final class TalkdeskTokens {

    private static final Logger LOG = LoggerFactory.getLogger(TalkdeskTokens.class);

    private final AccessTokens common;
    private final AccessTokens records;

    public TalkdeskTokens(AccessTokens common, AccessTokens records) {
        this.common = common;
        this.records = records;
    }

    /**
     * @param path of the call
     * @throws TokenUnavailableException when there is none
     */
    public String value(String path) {
        if (!path.endsWith("/records")) {
            return common.value();
        }
        try {
            return records.value();
        } catch (TokenUnavailableException e) {
            // One page of the documentation says that the common scope is enough.
            LOG.debug("Records are read with the common token: {}", e.getMessage());
            return common.value();
        }
    }

    /** Forgets the token that was refused. */
    public void drop(String value) {
        common.drop(value);
        records.drop(value);
    }
}
