package io.recordsync.talkdesk;

import com.fasterxml.jackson.databind.JsonNode;
import io.recordsync.deletion.Batch;
import io.recordsync.deletion.Identifier;
import io.recordsync.delivery.FailedItem;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.Header;

/**
 * Asks what a failed record is named by, for Talkdesk reports it by its own id: {@code GET
 * /record-lists/{id}/records/{record_id}}.
 */
public final class FailedRecord {

    private static final Pattern ID = Pattern.compile("[A-Za-z0-9-]{1,36}");

    private FailedRecord() {}

    /** The path to ask at, on our own host: the link in the answer is not followed. */
    public static String path(@Body String recordId, @ExchangeProperty("batch") Batch batch) {
        if (!isId(recordId)) {
            throw new IllegalArgumentException("A failed record's id is no id (expected 1 to 36 letters, digits, -)");
        }
        return "/record-lists/" + batch.recordList() + "/records/" + recordId;
    }

    static boolean isId(String id) {
        return ID.matcher(id).matches();
    }

    /**
     * Reads the answer; of a 404 that Talkdesk does not know it. What has not Talkdesk's own form says nothing.
     *
     * @param recordId that was asked for
     */
    public static FailedItem read(
            @Header(Exchange.HTTP_RESPONSE_CODE) int status,
            @Body String body,
            @ExchangeProperty("failedRecord") String recordId,
            @ExchangeProperty("batch") Batch batch) {
        JsonNode record = Shape.object(body);
        if (status == 404 && Shape.isError(status, record)) {
            return new FailedItem(true, List.of());
        }
        if (status != 200 || !Shape.isOf(recordId, record) || !Shape.isOfList(batch.recordList(), record)) {
            return FailedItem.unknown();
        }
        List<Identifier> identifiers = new ArrayList<>();
        identifiers.add(Identifier.record(recordId));
        identifiers.add(Identifier.external(
                record.path("external_provider").asText(),
                record.path("external_id").asText()));
        for (JsonNode phone : record.path("phone_numbers")) {
            identifiers.add(Identifier.phone(
                    phone.isTextual()
                            ? phone.asText()
                            : phone.path("phone_number").asText()));
        }
        // Deprecated, and still shown.
        if (record.path("phone_number").isTextual()) {
            identifiers.add(Identifier.phone(record.path("phone_number").asText()));
        }
        return new FailedItem(true, identifiers);
    }
}
