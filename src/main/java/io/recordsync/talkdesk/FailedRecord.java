package io.recordsync.talkdesk;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.recordsync.deletion.Batch;
import io.recordsync.deletion.Identifier;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.Header;

/**
 * What Talkdesk says of a record that it reported as failed, asked for by its own id.
 *
 * @param known whether there was a usable answer
 * @param identifiers all that the record could have been named by; none when Talkdesk does not know it (404)
 */
public record FailedRecord(boolean known, List<Identifier> identifiers) {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9-]{1,36}");

    /** The path to ask at, on our own host: the link in the answer is not followed. */
    public static String path(@Body String recordId, @ExchangeProperty("batch") Batch batch) {
        if (!ID.matcher(recordId).matches()) {
            throw new IllegalArgumentException("A failed record's id is no id (expected 1 to 36 letters, digits, -)");
        }
        return "/record-lists/" + batch.recordList() + "/records/" + recordId;
    }

    /** Reads the answer of {@code GET /record-lists/{id}/records/{record_id}}. */
    public static FailedRecord read(@Header(Exchange.HTTP_RESPONSE_CODE) int status, @Body String body) {
        if (status == 404) {
            return new FailedRecord(true, List.of());
        }
        if (status != 200) {
            return unknown();
        }
        try {
            JsonNode record = JSON.readTree(body);
            List<Identifier> identifiers = new ArrayList<>();
            identifiers.add(Identifier.record(record.path("id").asText()));
            identifiers.add(Identifier.external(
                    record.path("external_provider").asText(),
                    record.path("external_id").asText()));
            for (JsonNode phone : record.path("phone_numbers")) {
                identifiers.add(Identifier.phone(
                        phone.isTextual()
                                ? phone.asText()
                                : phone.path("number").asText()));
            }
            return new FailedRecord(true, identifiers);
        } catch (JsonProcessingException e) {
            return unknown();
        }
    }

    /** Talkdesk does not know it, although it has just named it. */
    boolean gone() {
        return known && identifiers.isEmpty();
    }

    /** There was no answer, or none that helps. */
    public static FailedRecord unknown() {
        return new FailedRecord(false, List.of());
    }
}
