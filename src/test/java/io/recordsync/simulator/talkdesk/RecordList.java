package io.recordsync.simulator.talkdesk;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * One record list and its records, found by each of the three identifiers.
 *
 * <p>Matches exactly: case and length of an external id count. Thread-safe.
 */
final class RecordList {

    private static final Set<String> TYPES = Set.of("EXTERNAL", "PHONE_NUMBER", "NOTHING");
    private static final Set<String> STATUSES =
            Set.of("REJECTED", "VALIDATION_STARTED", "UPLOADED", "ACCEPTED", "INCOMPLETE", "CORRUPTED");
    private static final int MAX_NAME_CHARACTERS = 120;

    private final String id;
    private final String uniqueIdentifierType;
    private final Instant createdAt;
    private volatile String name;
    private volatile String status = "ACCEPTED";
    private final Map<String, TalkdeskRecord> records = new LinkedHashMap<>();
    private final Map<String, Set<TalkdeskRecord>> byExternalId = new HashMap<>();
    private final Map<String, Set<TalkdeskRecord>> byPhoneNumber = new HashMap<>();

    RecordList(String id, String uniqueIdentifierType, Instant createdAt) {
        if (id.isEmpty() || id.length() > 36) {
            throw new IllegalArgumentException("A record list id has 1 to 36 characters, not " + id);
        }
        if (!TYPES.contains(uniqueIdentifierType)) {
            throw new IllegalArgumentException(
                    "No such list type: " + uniqueIdentifierType + " (expected " + TYPES + ")");
        }
        this.id = id;
        this.uniqueIdentifierType = uniqueIdentifierType;
        this.createdAt = createdAt;
        name("List " + id);
    }

    void name(String to) {
        if (to.isEmpty() || to.length() > MAX_NAME_CHARACTERS) {
            throw new IllegalArgumentException("A record list's name has 1 to 120 characters, not " + to);
        }
        name = to;
    }

    void status(String to) {
        if (!STATUSES.contains(to)) {
            throw new IllegalArgumentException("No such status of a list: " + to + " (expected " + STATUSES + ")");
        }
        status = to;
    }

    /** What a call did: records deleted, and records that matched and stay. */
    record Outcome(List<TalkdeskRecord> deleted, List<TalkdeskRecord> failed) {

        boolean matchedNothing() {
            return deleted.isEmpty() && failed.isEmpty();
        }
    }

    synchronized void add(TalkdeskRecord record) {
        boolean unique =
                switch (uniqueIdentifierType) {
                    case "EXTERNAL" -> record.externalProvider() != null
                            && record.externalId() != null
                            && !holds(record.externalProvider(), record.externalId());
                    case "PHONE_NUMBER" -> record.phoneNumbers().stream().noneMatch(byPhoneNumber::containsKey);
                    default -> true;
                };
        if (!unique) {
            throw new IllegalArgumentException("List %s is %s: %s is there already or lacks what must be unique"
                    .formatted(id, uniqueIdentifierType, record));
        }
        records.put(record.id(), record);
        if (record.externalId() != null) {
            byExternalId
                    .computeIfAbsent(record.externalId(), key -> new LinkedHashSet<>(2))
                    .add(record);
        }
        record.phoneNumbers().forEach(number -> byPhoneNumber
                .computeIfAbsent(number, key -> new LinkedHashSet<>(2))
                .add(record));
    }

    /** Sorts the records that the items match into deleted and kept; with {@code really} the former are gone. */
    synchronized Outcome delete(List<Item> items, Predicate<TalkdeskRecord> keeps, boolean really) {
        Set<TalkdeskRecord> matched = new LinkedHashSet<>();
        items.forEach(item -> matched.addAll(matching(item)));
        List<TalkdeskRecord> deleted = new ArrayList<>();
        List<TalkdeskRecord> failed = new ArrayList<>();
        matched.forEach(record -> (keeps.test(record) ? failed : deleted).add(record));
        if (really) {
            deleted.forEach(this::remove);
        }
        return new Outcome(deleted, failed);
    }

    synchronized void remove(TalkdeskRecord record) {
        if (records.remove(record.id()) == null) {
            return;
        }
        forget(byExternalId, record.externalId(), record);
        record.phoneNumbers().forEach(number -> forget(byPhoneNumber, number, record));
    }

    synchronized TalkdeskRecord find(String recordId) {
        return records.get(recordId);
    }

    synchronized boolean holds(String externalId) {
        return byExternalId.containsKey(externalId);
    }

    synchronized List<TalkdeskRecord> records() {
        return List.copyOf(records.values());
    }

    synchronized List<TalkdeskRecord> page(int page, int perPage) {
        return records.values().stream()
                .skip((page - 1L) * perPage)
                .limit(perPage)
                .toList();
    }

    synchronized int size() {
        return records.size();
    }

    Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", id);
        json.put("name", name);
        json.put("unique_identifier_type", uniqueIdentifierType);
        json.put("status", status);
        json.put("records_count", size());
        json.put("teams", List.of());
        json.put("created_at", createdAt.toString());
        json.put("updated_at", createdAt.toString());
        return json;
    }

    private boolean holds(String provider, String externalId) {
        return byExternalId.getOrDefault(externalId, Set.of()).stream()
                .anyMatch(record -> provider.equals(record.externalProvider()));
    }

    private Collection<TalkdeskRecord> matching(Item item) {
        if (item instanceof Item.ById byId) {
            TalkdeskRecord record = records.get(byId.id());
            return record == null ? List.of() : List.of(record);
        }
        if (item instanceof Item.ByPhoneNumber byPhone) {
            return byPhoneNumber.getOrDefault(byPhone.phoneNumber(), Set.of());
        }
        Item.ByExternalId external = (Item.ByExternalId) item;
        return byExternalId.getOrDefault(external.externalId(), Set.of()).stream()
                .filter(record -> external.externalProvider().equals(record.externalProvider()))
                .toList();
    }

    private static void forget(Map<String, Set<TalkdeskRecord>> index, String key, TalkdeskRecord record) {
        index.computeIfPresent(key, (any, set) -> {
            set.remove(record);
            return set.isEmpty() ? null : set;
        });
    }
}
