package io.recordsync.salesforce.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.salesforce.eventbus.protobuf.ConsumerEvent;
import com.salesforce.eventbus.protobuf.FetchResponse;
import com.salesforce.eventbus.protobuf.ProducerEvent;
import io.recordsync.salesforce.stream.StreamEvent.ChangeEvent;
import io.recordsync.salesforce.stream.StreamEvent.UndecodableEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Payloads are written here field by field, as the Avro specification has them, and by no code of the service's. */
class EventDecoderTest {

    private static final String SCHEMA =
            """
            {"type": "record", "name": "ContactChangeEvent", "namespace": "com.sforce.eventbus", "fields": [
              {"name": "ChangeEventHeader", "type": {"type": "record", "name": "ChangeEventHeader", "fields": [
                {"name": "entityName", "type": "string"},
                {"name": "recordIds", "type": {"type": "array", "items": "string"}},
                {"name": "changeType", "type": {"type": "enum", "name": "ChangeType",
                  "symbols": ["CREATE", "UPDATE", "DELETE"]}},
                {"name": "changeOrigin", "type": "string"},
                {"name": "transactionKey", "type": "string"},
                {"name": "sequenceNumber", "type": "int"},
                {"name": "commitTimestamp", "type": "long"},
                {"name": "commitNumber", "type": "long"},
                {"name": "somethingNew", "type": ["null", "string"], "default": null}]}},
              {"name": "Phone", "type": ["null", "string"], "default": null},
              {"name": "Score__c", "type": ["null", "double"], "default": null}]}""";

    private static final String WITHOUT_NUMBER =
            """
            {"type": "record", "name": "ContactChangeEvent", "namespace": "com.sforce.eventbus", "fields": [
              {"name": "ChangeEventHeader", "type": {"type": "record", "name": "ChangeEventHeader", "fields": [
                {"name": "entityName", "type": "string"},
                {"name": "recordIds", "type": {"type": "array", "items": "string"}},
                {"name": "changeType", "type": {"type": "enum", "name": "ChangeType",
                  "symbols": ["CREATE", "UPDATE", "DELETE"]}},
                {"name": "transactionKey", "type": "string"},
                {"name": "sequenceNumber", "type": "int"},
                {"name": "commitTimestamp", "type": "long"}]}}]}""";

    private static final Instant COMMITTED = Instant.parse("2026-03-01T10:00:00Z");
    private static final ChangeEvent DELETE = new ChangeEvent(
            "Contact", "DELETE", List.of("003DL0000212DetYAE"), "key", 4, COMMITTED, 1_721_136_551_405_445_123L);

    private final EventDecoder decoder = new EventDecoder();

    @Test
    void the_header_is_read_and_all_else_is_passed_over() throws Exception {
        assertThat(decode(payload("+12125550100"))).isEqualTo(DELETE);
        assertThat(decode(payload(null))).isEqualTo(DELETE);
    }

    @Test
    void wherever_a_payload_is_cut_it_is_undecodable_and_the_next_event_is_read() throws Exception {
        byte[] whole = payload("+12125550100");
        for (int length = 0; length < whole.length; length++) {
            assertThat(decode(Arrays.copyOf(whole, length)))
                    .as("the first %d of %d bytes", length, whole.length)
                    .isInstanceOf(UndecodableEvent.class);
            assertThat(decode(whole)).isEqualTo(DELETE);
        }
    }

    /** Avro allocates what a length says: with these, more than any heap has. */
    @ParameterizedTest
    @ValueSource(longs = {Integer.MAX_VALUE - 8, Integer.MAX_VALUE, Long.MAX_VALUE, 1_000_000_000, -5, Long.MIN_VALUE})
    void a_string_of_an_impossible_length_is_undecodable(long length) throws Exception {
        byte[] entityName = bytes(out -> out.writeLong(length));
        byte[] recordId = bytes(out -> {
            out.writeString("Contact");
            out.writeLong(1);
            out.writeLong(length);
        });

        assertThat(decode(entityName)).isInstanceOf(UndecodableEvent.class);
        assertThat(decode(recordId)).isInstanceOf(UndecodableEvent.class);
        assertThat(decode(payload(null))).isEqualTo(DELETE);
    }

    @ParameterizedTest
    @ValueSource(longs = {Integer.MAX_VALUE - 8, Integer.MAX_VALUE, Long.MAX_VALUE, 1_000_000_000, Long.MIN_VALUE})
    void an_array_of_an_impossible_length_is_undecodable(long length) throws Exception {
        byte[] first = bytes(out -> {
            out.writeString("Contact");
            out.writeLong(length);
        });
        byte[] second = bytes(out -> {
            out.writeString("Contact");
            out.writeLong(1);
            out.writeString("003DL0000212DetYAE");
            out.writeLong(length);
        });

        assertThat(decode(first)).isInstanceOf(UndecodableEvent.class);
        assertThat(decode(second)).isInstanceOf(UndecodableEvent.class);
    }

    @Test
    @Timeout(20)
    void random_garbage_never_ends_the_decoder() throws Exception {
        Random random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            byte[] garbage = new byte[random.nextInt(64)];
            random.nextBytes(garbage);
            decode(garbage);
        }
        assertThat(decode(payload(null))).isEqualTo(DELETE);
    }

    @Test
    void what_is_undecodable_is_named_by_its_event_id() throws Exception {
        assertThat(decode(new byte[] {1})).isInstanceOfSatisfying(UndecodableEvent.class, event -> {
            assertThat(event.eventId()).isEqualTo("event-1");
            assertThat(event.reason()).isNotBlank();
        });
    }

    /** Commit times have whole seconds: dropped by the millisecond, the changes of the first second would be lost. */
    @Test
    void what_was_committed_in_the_second_of_the_first_start_is_wanted() throws Exception {
        FetchResponse response =
                FetchResponse.newBuilder().addEvents(event(payload(null))).build();

        List<StreamEvent> events = decoder.decode(response, id -> SCHEMA);
        assertThat(events).containsExactly(DELETE);
        assertThat(EventDecoder.since(COMMITTED.plusMillis(999), events)).containsExactly(DELETE);
        assertThat(EventDecoder.since(COMMITTED.plusSeconds(1), events)).isEmpty();
        assertThat(EventDecoder.since(Instant.MIN, events)).containsExactly(DELETE);
    }

    @Test
    void a_header_without_a_commit_number_is_read() throws Exception {
        byte[] payload = bytes(out -> {
            out.writeString("Contact");
            out.writeLong(1);
            out.writeString("003DL0000212DetYAE");
            out.writeLong(0);
            out.writeEnum(2);
            out.writeString("key");
            out.writeInt(4);
            out.writeLong(COMMITTED.toEpochMilli());
        });

        assertThat(decoder.decode(event(payload), id -> WITHOUT_NUMBER))
                .isEqualTo(new ChangeEvent("Contact", "DELETE", List.of("003DL0000212DetYAE"), "key", 4, COMMITTED));
    }

    @Test
    void a_schema_is_asked_for_once() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        EventDecoder.SchemaSource schemas = id -> {
            asked.incrementAndGet();
            return SCHEMA;
        };

        decoder.decode(event(payload(null)), schemas);
        decoder.decode(event(payload(null)), schemas);

        assertThat(asked).hasValue(1);
    }

    @Test
    void a_schema_that_cannot_be_had_is_no_undecodable_event_and_is_asked_for_again() throws Exception {
        assertThatThrownBy(() -> decoder.decode(event(payload(null)), id -> {
                    throw new IOException("outage");
                }))
                .hasMessage("outage");

        assertThat(decode(payload(null))).isEqualTo(DELETE);
    }

    /** Fields beside the header are skipped, whatever they are called or have for a default. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"name\": \"Phone\", \"type\": [\"null\", \"string\"], \"default\": \"none\"}",
                "{\"name\": \"Phone\", \"type\": [\"null\", \"string\"], \"default\": 12}",
                "{\"name\": \"Phone-Number 2\", \"type\": [\"null\", \"string\"], \"default\": null}",
                "{\"name\": \"Phone\", \"type\": [\"null\", \"string\"], \"doc\": {\"a\": 1}, \"logicalType\": \"decimal\"}"
            })
    void a_field_that_is_not_used_may_be_odd(String phone) throws Exception {
        String odd =
                SCHEMA.replace("{\"name\": \"Phone\", \"type\": [\"null\", \"string\"], \"default\": null}", phone);
        assertThat(odd).isNotEqualTo(SCHEMA);

        assertThat(decoder.decode(event(payload("+12125550100")), id -> odd)).isEqualTo(DELETE);
    }

    @Test
    void an_event_whose_schema_is_none_is_passed_over() throws Exception {
        for (String none : List.of("<html>", "{}", "{\"type\": \"record\"}", "")) {
            assertThat(decoder.decode(event(payload(null)), id -> none)).isInstanceOf(UndecodableEvent.class);
        }
        assertThat(decode(payload(null))).isEqualTo(DELETE);
    }

    private StreamEvent decode(byte[] payload) throws Exception {
        return decoder.decode(event(payload), id -> SCHEMA);
    }

    private static ConsumerEvent event(byte[] payload) {
        return ConsumerEvent.newBuilder()
                .setEvent(ProducerEvent.newBuilder()
                        .setId("event-1")
                        .setSchemaId("schema-1")
                        .setPayload(ByteString.copyFrom(payload)))
                .build();
    }

    private static byte[] payload(String phone) throws IOException {
        return bytes(out -> {
            out.writeString("Contact");
            out.writeLong(1);
            out.writeString("003DL0000212DetYAE");
            out.writeLong(0);
            out.writeEnum(2);
            out.writeString("com/salesforce/api/rest/62.0");
            out.writeString("key");
            out.writeInt(4);
            out.writeLong(COMMITTED.toEpochMilli());
            out.writeLong(1_721_136_551_405_445_123L);
            out.writeIndex(1);
            out.writeString("unheard of");
            out.writeIndex(phone == null ? 0 : 1);
            if (phone != null) {
                out.writeString(phone);
            }
            out.writeIndex(1);
            out.writeDouble(0.5);
        });
    }

    private static byte[] bytes(Writing writing) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        BinaryEncoder out = EncoderFactory.get().binaryEncoder(bytes, null);
        writing.to(out);
        out.flush();
        return bytes.toByteArray();
    }

    private interface Writing {
        void to(BinaryEncoder out) throws IOException;
    }
}
