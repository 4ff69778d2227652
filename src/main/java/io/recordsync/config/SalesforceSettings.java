package io.recordsync.config;

import java.net.URI;
import java.time.Duration;
import java.util.List;

/**
 * How Salesforce is reached, and which of its deletions count.
 *
 * @param instanceDomains that a login may lead to, beside Salesforce's own
 * @param idPrefixes key prefixes of the ids that are accepted, at least one
 * @param entities whose deletions count, at least one
 * @param timeout of a call of the REST API, to the last byte of the answer
 * @param downloadTimeout of a call for the delete log
 * @param merged what becomes of the loser of a merge
 */
public record SalesforceSettings(
        URI loginUrl,
        String clientId,
        Secret clientSecret,
        SalesforceAuth auth,
        JwtSettings jwt,
        String pubsubHost,
        int pubsubPort,
        boolean pubsubPlaintext,
        List<String> instanceDomains,
        String channel,
        List<String> idPrefixes,
        List<String> entities,
        String apiVersion,
        Duration timeout,
        Duration downloadTimeout,
        Merged merged,
        FirstStart firstStart,
        Subscriber subscriber) {

    public SalesforceSettings {
        instanceDomains = List.copyOf(instanceDomains);
        idPrefixes = Required.items(Keys.SALESFORCE_ID_PREFIXES, idPrefixes);
        entities = Required.items(Keys.SALESFORCE_ENTITIES, entities);
    }

    /** Whether a person decides about the losers of merges. */
    public boolean holdsMerged() {
        return merged == Merged.HOLD;
    }
}
