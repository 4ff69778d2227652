package io.recordsync.salesforce.stream;

import com.google.protobuf.ByteString;
import com.salesforce.eventbus.protobuf.ConsumerEvent;
import com.salesforce.eventbus.protobuf.ProducerEvent;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The header out of a DELETE event of one contact, whose entity has forty fields that are all null. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 3, time = 2)
public class DecodingBenchmark {

    private final EventDecoder decoder = new EventDecoder();
    private ConsumerEvent event;
    private String schemaJson;

    @Setup
    public void encode() throws Exception {
        Schema names = SchemaBuilder.array().items().stringType();
        Schema header = SchemaBuilder.record("ChangeEventHeader")
                .namespace("com.sforce.eventbus")
                .fields()
                .requiredString("entityName")
                .name("recordIds")
                .type(names)
                .noDefault()
                .name("changeType")
                .type()
                .enumeration("ChangeType")
                .symbols("CREATE", "UPDATE", "DELETE", "UNDELETE")
                .noDefault()
                .requiredString("changeOrigin")
                .requiredString("transactionKey")
                .requiredInt("sequenceNumber")
                .requiredLong("commitTimestamp")
                .requiredLong("commitNumber")
                .requiredString("commitUser")
                .name("changedFields")
                .type(names)
                .noDefault()
                .endRecord();
        SchemaBuilder.FieldAssembler<Schema> fields = SchemaBuilder.record("ContactChangeEvent")
                .namespace("com.sforce.eventbus")
                .fields()
                .name("ChangeEventHeader")
                .type(header)
                .noDefault();
        for (int i = 0; i < 40; i++) {
            fields.optionalString("Field" + i);
        }
        Schema schema = fields.endRecord();
        GenericRecord headerRecord = new GenericRecordBuilder(header)
                .set("entityName", "Contact")
                .set("recordIds", List.of("003Rj00000abcdeIAA"))
                .set(
                        "changeType",
                        new GenericData.EnumSymbol(header.getField("changeType").schema(), "DELETE"))
                .set("changeOrigin", "com/salesforce/api/rest/62.0;client=Benchmark")
                .set("transactionKey", "00019834-4001-4c7d-b2da-2216f91ccba8")
                .set("sequenceNumber", 1)
                .set("commitTimestamp", 1_771_000_000_000L)
                .set("commitNumber", 1_721_136_551_405_445_123L)
                .set("commitUser", "005Rj000005UEfQIAW")
                .set("changedFields", List.of())
                .build();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
        new GenericDatumWriter<GenericRecord>(schema)
                .write(
                        new GenericRecordBuilder(schema)
                                .set("ChangeEventHeader", headerRecord)
                                .build(),
                        encoder);
        encoder.flush();
        schemaJson = schema.toString();
        event = ConsumerEvent.newBuilder()
                .setEvent(ProducerEvent.newBuilder()
                        .setId("1")
                        .setSchemaId("schema")
                        .setPayload(ByteString.copyFrom(bytes.toByteArray())))
                .build();
    }

    @Benchmark
    public Object header() throws Exception {
        return decoder.decode(event, id -> schemaJson);
    }
}
