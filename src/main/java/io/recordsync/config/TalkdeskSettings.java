package io.recordsync.config;

import java.net.URI;
import java.util.List;

/**
 * How Talkdesk is reached, and which records there are Salesforce's.
 *
 * @param privateKey the path of a PEM file
 * @param scope empty: none is asked for
 * @param recordsScope of the token that records are read with
 * @param externalProvider without quotes, backslashes, braces and control characters: it becomes part of requests and queries
 */
public record TalkdeskSettings(
        URI apiUrl,
        URI tokenUrl,
        String clientId,
        Secret clientSecret,
        TalkdeskAuth auth,
        String privateKey,
        String keyId,
        String scope,
        String recordsScope,
        ListSettings lists,
        String externalProvider,
        CallbackSettings callbacks) {

    public TalkdeskSettings {
        if (lists.rules().ids().isEmpty() && !lists.rules().namesLists()) {
            throw new IllegalArgumentException(Keys.TALKDESK_RECORD_LISTS.name() + " is empty: expected "
                    + Keys.TALKDESK_RECORD_LISTS.form().expected());
        }
        externalProvider = Required.form(Keys.TALKDESK_EXTERNAL_PROVIDER, externalProvider);
    }

    /** Those that are named by their ids. */
    public List<String> recordLists() {
        return lists.rules().ids();
    }
}
