package io.recordsync.talkdesk;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.recordsync.deletion.Batch;
import io.recordsync.deletion.Identifier;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The body of {@code DELETE /record-lists/{id}/records/bulks}: a bare JSON array in one of the three documented forms.
 */
public final class BulkDelete {

    private static final ObjectMapper JSON = new ObjectMapper();

    private BulkDelete() {}

    /** One item for each record that the batch names. */
    public static String body(Batch batch) throws JsonProcessingException {
        List<Map<String, String>> items =
                batch.identifiers().stream().map(BulkDelete::item).toList();
        return JSON.writeValueAsString(items);
    }

    private static Map<String, String> item(Identifier identifier) {
        Map<String, String> item = new LinkedHashMap<>();
        switch (identifier.kind()) {
            case EXTERNAL -> {
                item.put("external_provider", identifier.provider());
                item.put("external_id", identifier.value());
            }
            case RECORD -> item.put("id", identifier.value());
            case PHONE -> item.put("phone_number", identifier.value());
        }
        return item;
    }
}
