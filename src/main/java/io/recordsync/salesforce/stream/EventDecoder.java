package io.recordsync.salesforce.stream;

import com.salesforce.eventbus.protobuf.ConsumerEvent;
import com.salesforce.eventbus.protobuf.FetchResponse;
import com.salesforce.eventbus.protobuf.ProducerEvent;
import io.recordsync.salesforce.stream.StreamEvent.ChangeEvent;
import io.recordsync.salesforce.stream.StreamEvent.UndecodableEvent;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.NameValidator;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;

/**
 * Reads the header out of an event's Avro payload, and nothing else of it.
 *
 * <p>A payload that does not fit its schema gives an {@link UndecodableEvent}; a schema that cannot be had gives the
 * exception of the {@link SchemaSource}, because then nothing is known about the event. Schemas are kept by id, which
 * Salesforce never reuses. Not thread-safe.
 */
final class EventDecoder {

    private static final String HEADER = "ChangeEventHeader";
    private static final String COMMIT_NUMBER = "commitNumber";
    private static final Set<String> HEADER_FIELDS = Set.of(
            "entityName",
            "recordIds",
            "changeType",
            "transactionKey",
            "sequenceNumber",
            "commitTimestamp",
            COMMIT_NUMBER);

    private final Map<String, GenericDatumReader<GenericRecord>> readers = new HashMap<>();

    /** The events of a response. */
    List<StreamEvent> decode(FetchResponse response, SchemaSource schemas) throws Exception {
        List<StreamEvent> events = new ArrayList<>(response.getEventsCount());
        for (ConsumerEvent event : response.getEventsList()) {
            events.add(decode(event, schemas));
        }
        return events;
    }

    /** Without the changes that were committed before {@code wantedSince}. */
    static List<StreamEvent> since(Instant wantedSince, List<StreamEvent> events) {
        // Commit times have whole seconds: what was committed later in the same second bears an earlier time.
        Instant since = wantedSince.truncatedTo(ChronoUnit.SECONDS);
        return events.stream()
                .filter(event -> !(event instanceof ChangeEvent change
                        && change.committedAt().isBefore(since)))
                .toList();
    }

    StreamEvent decode(ConsumerEvent consumerEvent, SchemaSource schemas) throws Exception {
        ProducerEvent event = consumerEvent.getEvent();
        GenericDatumReader<GenericRecord> reader = readers.get(event.getSchemaId());
        if (reader == null) {
            String schemaJson = schemas.schemaJson(event.getSchemaId());
            try {
                reader = headerReader(schemaJson);
            } catch (AvroRuntimeException e) {
                // It would be no better at the next try, and must not keep the events of other schemas back.
                return new UndecodableEvent(event.getId(), "its schema " + event.getSchemaId() + " cannot be read");
            }
            readers.put(event.getSchemaId(), reader);
        }
        try {
            PayloadDecoder payload = new PayloadDecoder(event.getPayload().toByteArray());
            return changeEvent((GenericRecord) reader.read(null, payload).get(HEADER));
        } catch (Exception e) {
            // Whatever Avro makes of bytes that are no record: EOFException, AvroRuntimeException, ClassCastException …
            return new UndecodableEvent(event.getId(), e.getClass().getSimpleName() + ": " + e.getMessage());
        }
    }

    /** A reader that resolves the writer's schema to the header alone, so that Avro skips all else. */
    private static GenericDatumReader<GenericRecord> headerReader(String schemaJson) {
        // Only the header is used: what a field beside it is called, or has for a default, is no matter.
        Schema writer = new Schema.Parser(NameValidator.NO_VALIDATION)
                .setValidateDefaults(false)
                .parse(schemaJson);
        Schema.Field header = writer.getField(HEADER);
        if (header == null) {
            throw new IllegalStateException("The schema of " + writer.getFullName() + " has no " + HEADER
                    + " (expected a change data capture channel such as /data/ContactChangeEvent)");
        }
        Schema projectedHeader = projected(header.schema(), HEADER_FIELDS);
        Schema event = Schema.createRecord(writer.getName(), null, writer.getNamespace(), false);
        event.setFields(List.of(new Schema.Field(HEADER, projectedHeader)));
        return new GenericDatumReader<>(writer, event);
    }

    private static Schema projected(Schema whole, Set<String> names) {
        Schema part = Schema.createRecord(whole.getName(), null, whole.getNamespace(), false);
        part.setFields(whole.getFields().stream()
                .filter(field -> names.contains(field.name()))
                .map(field -> new Schema.Field(field.name(), field.schema()))
                .toList());
        return part;
    }

    private static ChangeEvent changeEvent(GenericRecord header) {
        return new ChangeEvent(
                text(header, "entityName"),
                text(header, "changeType"),
                ((List<?>) header.get("recordIds"))
                        .stream().map(Objects::toString).toList(),
                text(header, "transactionKey"),
                (Integer) header.get("sequenceNumber"),
                Instant.ofEpochMilli((Long) header.get("commitTimestamp")),
                header.hasField(COMMIT_NUMBER) && header.get(COMMIT_NUMBER) instanceof Long number ? number : null);
    }

    private static String text(GenericRecord header, String field) {
        return header.get(field).toString();
    }

    /** Where a schema comes from: Salesforce's GetSchema. */
    interface SchemaSource {
        String schemaJson(String schemaId) throws Exception;
    }
}
