package io.recordsync;

import io.recordsync.config.Settings;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** A configuration of the essential keys, for tests that build parts of the service without the ends that it talks to. */
public final class TestSettings {

    private TestSettings() {}

    /** With a SQLite file in the folder, and any port that is free. */
    public static Settings in(Path folder) {
        return Settings.of(texts(folder));
    }

    /** The same by key, to change some of it. */
    public static Map<String, String> texts(Path folder) {
        Map<String, String> texts = new LinkedHashMap<>();
        texts.put("salesforce.login-url", "https://acme.my.salesforce.com");
        texts.put("salesforce.client-id", "a-client");
        texts.put("salesforce.client-secret", "a-secret");
        texts.put("talkdesk.token-url", "https://acme.talkdeskid.com/oauth/token");
        texts.put("talkdesk.client-id", "a-client");
        texts.put("talkdesk.client-secret", "a-secret");
        texts.put("talkdesk.record-lists", "list-a,list-b");
        texts.put("data.folder", folder.resolve("data").toString());
        texts.put("store.url", "jdbc:sqlite:" + folder.resolve("recordsync.db"));
        texts.put("ops.port", "0");
        return texts;
    }
}
