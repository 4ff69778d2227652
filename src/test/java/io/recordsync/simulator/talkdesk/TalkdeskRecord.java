package io.recordsync.simulator.talkdesk;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** A record of a record list, with the fields that {@code GET} shows. Provider and external id may be null. */
public record TalkdeskRecord(
        String id,
        String recordListId,
        List<String> phoneNumbers,
        String firstName,
        String lastName,
        String externalProvider,
        String externalId,
        Instant createdAt) {

    Object json() {
        return new Json(
                id,
                recordListId,
                phones(),
                firstName,
                lastName,
                "America/New_York",
                1,
                Map.of(),
                externalProvider,
                externalId,
                null,
                false,
                createdAt.toString(),
                createdAt.toString());
    }

    private List<Phone> phones() {
        return IntStream.range(0, phoneNumbers.size())
                .mapToObj(i -> new Phone(phoneNumbers.get(i), i == 0 ? "MOBILE" : "EXTRA_" + i))
                .toList();
    }

    private record Phone(@JsonProperty("phone_number") String number, @JsonProperty("phone_type") String type) {}

    private record Json(
            @JsonProperty("id") String id,
            @JsonProperty("record_list_id") String recordListId,
            @JsonProperty("phone_numbers") List<Phone> phoneNumbers,
            @JsonProperty("first_name") String firstName,
            @JsonProperty("last_name") String lastName,
            @JsonProperty("timezone") String timezone,
            @JsonProperty("priority") int priority,
            @JsonProperty("extra_data") Map<String, String> extraData,
            @JsonProperty("external_provider") String externalProvider,
            @JsonProperty("external_id") String externalId,
            @JsonProperty("external_url") String externalUrl,
            @JsonProperty("sync_external_id") boolean syncExternalId,
            @JsonProperty("created_at") String createdAt,
            @JsonProperty("updated_at") String updatedAt) {}
}
