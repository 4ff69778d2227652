package io.recordsync.talkdesk;

import io.recordsync.oauth.AccessTokens;
import io.recordsync.oauth.TokenUnavailableException;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The token that a call bears, by what it asks for: records are read with one of their own, so that a scope that was not granted
 * never stops the deletions. Thread-safe.
 */
public final class TalkdeskTokens {

    private static final Logger LOG = LoggerFactory.getLogger(TalkdeskTokens.class);

    private static final Pattern RECORDS = Pattern.compile(".*/records(/(?!bulks$)[^/]+)?");

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
        if (!readsRecords(path)) {
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

    /** A page of them or a single one; {@code …/records/bulks} is what deletions go to. */
    static boolean readsRecords(String path) {
        return RECORDS.matcher(path).matches();
    }

    /** Forgets the token that was refused. */
    public void drop(String value) {
        common.drop(value);
        records.drop(value);
    }
}
