package io.recordsync.salesforce;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which key prefixes the ids of an entity may begin with. */
final class KeyPrefixes {

    /** Of the entities that every org has; those of others are given by the org. */
    private static final Map<String, String> STANDARD = Map.ofEntries(
            Map.entry("Account", "001"),
            Map.entry("Asset", "02i"),
            Map.entry("Campaign", "701"),
            Map.entry("CampaignMember", "00v"),
            Map.entry("Case", "500"),
            Map.entry("Contact", "003"),
            Map.entry("Contract", "800"),
            Map.entry("Individual", "0PK"),
            Map.entry("Lead", "00Q"),
            Map.entry("Opportunity", "006"),
            Map.entry("User", "005"));

    /** The entities whose records can be merged; the others have no field {@code MasterRecordId}. */
    private static final Set<String> MERGED = Set.of("Account", "Case", "Contact", "Lead");

    private KeyPrefixes() {}

    /** Whether records of the entity can be merged into one another. */
    static boolean canBeMerged(String entity) {
        return MERGED.contains(entity);
    }

    /** Whether this is an id of an entity whose records can be merged. */
    static boolean mayBeMerged(String id) {
        return MERGED.stream().anyMatch(entity -> id.startsWith(STANDARD.get(entity)));
    }

    /** @return of those that are accepted, its own; for an entity of the org's, those that are no other entity's */
    static List<String> of(String entity, Collection<String> accepted) {
        String own = STANDARD.get(entity);
        return accepted.stream()
                .filter(prefix -> own == null ? !STANDARD.containsValue(prefix) : own.equals(prefix))
                .toList();
    }
}
