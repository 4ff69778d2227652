package io.recordsync.deletion;

import java.util.Map;

/** What a message calls the record of Salesforce that an id names. */
public final class EntityWord {

    private static final Map<String, String> BY_PREFIX = Map.of("003", "contact", "00Q", "lead", "001", "account");

    private EntityWord() {}

    /** By its key prefix; a record of an entity of the org's own is a record, and what is no id of Salesforce's a contact. */
    public static String of(String externalId) {
        return SalesforceId.read(externalId)
                .map(id -> BY_PREFIX.getOrDefault(id.substring(0, 3), "record"))
                .orElse("contact");
    }
}
