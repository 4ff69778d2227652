package io.recordsync.salesforce;

import com.fasterxml.jackson.databind.JsonNode;
import io.recordsync.deletion.Merge;
import io.recordsync.deletion.SalesforceId;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Into which records others were merged, as far as answers of {@code queryAll} have said it.
 *
 * <p>A master may have lost a later merge, or may have been deleted itself: so it is asked about as well, up to {@link
 * #MAX_MERGES} in a row. A record that is not deleted is nobody's loser, whatever its {@code MasterRecordId} says: it may have
 * been restored. Not thread-safe.
 */
final class Masters {

    private static final int MAX_MERGES = 20;
    /** As many as a question may name. */
    private static final int MAX_IDS = 200;

    /** @param master null where there is none */
    private record Known(boolean deleted, String master, Instant at) {}

    private final Map<String, Known> known = new HashMap<>();
    /** Asked about, by the entity, and in no answer. */
    private final Set<String> notShown = new HashSet<>();

    private final Map<String, Set<String>> unknown = new HashMap<>();

    /**
     * @param asked the masters that the question named; those that are not in its answer are not shown
     * @throws IOException where a record does not say whether it is deleted
     */
    void answered(String entity, JsonNode records, List<String> asked) throws IOException {
        for (JsonNode row : records) {
            if (!row.path("IsDeleted").isBoolean()) {
                throw new IOException("Salesforce's answer has a record without IsDeleted");
            }
            Optional<String> id = SalesforceId.complete(row.path("Id").asText());
            Known told = new Known(
                    row.path("IsDeleted").booleanValue(),
                    SalesforceId.complete(row.path("MasterRecordId").asText("")).orElse(null),
                    time(row.path("SystemModstamp").asText(null)));
            id.ifPresent(each -> known.put(each, told));
        }
        notShown.addAll(asked);
        notShown.removeAll(known.keySet());
        Set<String> next = unknown.computeIfAbsent(entity, key -> new HashSet<>());
        asked.forEach(next::remove);
        for (JsonNode row : records) {
            SalesforceId.complete(row.path("Id").asText())
                    .map(known::get)
                    .filter(each -> each.deleted() && each.master() != null)
                    .map(Known::master)
                    .filter(master -> !known.containsKey(master) && !notShown.contains(master))
                    .ifPresent(next::add);
        }
    }

    /** Which masters are to be asked about now. */
    List<String> unknown(String entity) {
        return unknown.getOrDefault(entity, Set.of()).stream()
                .sorted()
                .limit(MAX_IDS)
                .toList();
    }

    /** Empty where the record lives, or was not merged as far as anybody knows. */
    Optional<Merge> merge(String id) {
        Known loser = known.get(id);
        if (loser == null || !loser.deleted() || loser.master() == null) {
            return Optional.empty();
        }
        List<String> path = new ArrayList<>();
        Known last = loser;
        while (last != null && last.deleted() && last.master() != null && path.size() < MAX_MERGES) {
            if (path.contains(last.master())) {
                last = null;
            } else {
                path.add(last.master());
                last = known.get(last.master());
            }
        }
        Merge.End end = last == null ? Merge.End.NOT_SHOWN : last.deleted() ? Merge.End.DELETED : Merge.End.LIVES;
        return Optional.of(new Merge(path, end, loser.at()));
    }

    private static Instant time(String text) {
        try {
            return SalesforceTime.read("SystemModstamp", text);
        } catch (IOException e) {
            return null;
        }
    }
}
