package io.recordsync.config;

import java.net.URI;
import java.util.List;

/**
 * How Talkdesk is reached, and which records there are Salesforce's.
 *
 * @param privateKey the path of a PEM file
 * @param scope empty: none is asked for
 * @param recordLists at least one
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
        List<String> recordLists,
        String externalProvider,
        CallbackSettings callbacks) {

    public TalkdeskSettings {
        recordLists = Required.items(Keys.TALKDESK_RECORD_LISTS, recordLists);
        externalProvider = Required.form(Keys.TALKDESK_EXTERNAL_PROVIDER, externalProvider);
    }
}
