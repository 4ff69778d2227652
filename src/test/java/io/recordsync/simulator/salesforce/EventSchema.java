package io.recordsync.simulator.salesforce;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;

/**
 * The Avro schema of an entity's change events, and the id by which Salesforce would give it.
 *
 * <p>Shaped like Salesforce's: the header, then every field of the entity as a nullable union, compound ones as records
 * (Change Data Capture Developer Guide, "Change Event Message Structure"; null = unchanged or empty). A top-level field has a
 * {@code doc}, and the root bears the id: a hash of the text, 22 characters of base64url, so that any new field means a new id.
 * Immutable.
 */
final class EventSchema {

    private static final String NAMESPACE = "com.sforce.eventbus";
    private static final List<String> TEXTS = List.of(
            "OwnerId",
            "AssistantName",
            "AssistantPhone",
            "CleanStatus",
            "ContactSource",
            "Department",
            "Description",
            "Email",
            "EmailBouncedReason",
            "Fax",
            "HomePhone",
            "IndividualId",
            "Jigsaw",
            "JigsawContactId",
            "LeadSource",
            "MobilePhone",
            "OtherPhone",
            "Phone",
            "PhotoUrl",
            "ReportsToId",
            "Title",
            "CreatedById",
            "LastModifiedById",
            "RecordTypeId",
            "GenderIdentity",
            "Pronouns",
            "Level__c",
            "Languages__c",
            "External_Id__c");
    private static final List<String> TIMES = List.of(
            "CreatedDate",
            "LastModifiedDate",
            "EmailBouncedDate",
            "LastCURequestDate",
            "LastCUUpdateDate",
            "Birthdate");
    private static final List<String> FLAGS = List.of("DoNotCall", "HasOptedOutOfEmail", "HasOptedOutOfFax");

    private final Schema schema;
    private final String json;
    private final String id;

    private EventSchema(Schema schema) {
        this.schema = schema;
        this.id = hash(schema.toString());
        schema.addProp("uuid", id);
        this.json = schema.toString();
    }

    /**
     * The schema of {@code <entity>ChangeEvent}.
     *
     * @param addedFields how many custom fields an administrator added since
     */
    static EventSchema of(String entityName, int addedFields) {
        SchemaBuilder.FieldAssembler<Schema> fields = SchemaBuilder.record(entityName + "ChangeEvent")
                .namespace(NAMESPACE)
                .fields();
        fields.name("ChangeEventHeader").doc("Data:Header").type(header()).noDefault();
        if (entityName.equals("Contact")) {
            contact(fields);
        } else {
            other(fields, entityName);
        }
        for (int i = 1; i <= addedFields; i++) {
            nullable(fields, "Added_" + i + "__c", Schema.create(Schema.Type.STRING));
        }
        return new EventSchema(fields.endRecord());
    }

    private static void contact(SchemaBuilder.FieldAssembler<Schema> fields) {
        nullable(fields, "AccountId", Schema.create(Schema.Type.STRING));
        nullable(fields, "Name", personName("PersonName"));
        Schema address = address();
        nullable(fields, "MailingAddress", address);
        nullable(fields, "OtherAddress", address);
        TEXTS.forEach(name -> nullable(fields, name, Schema.create(Schema.Type.STRING)));
        TIMES.forEach(name -> nullable(fields, name, Schema.create(Schema.Type.LONG)));
        FLAGS.forEach(name -> nullable(fields, name, Schema.create(Schema.Type.BOOLEAN)));
        nullable(fields, "Score__c", Schema.create(Schema.Type.DOUBLE));
    }

    /** A person account sends the record for a name, a business account the text. */
    private static void other(SchemaBuilder.FieldAssembler<Schema> fields, String entityName) {
        Schema text = Schema.create(Schema.Type.STRING);
        Schema name = entityName.equals("Account")
                ? Schema.createUnion(Schema.create(Schema.Type.NULL), text, personName("Switchable_PersonName"))
                : Schema.createUnion(Schema.create(Schema.Type.NULL), text);
        fields.name("Name").doc("Data:Name").type(name).withDefault(null);
        for (String field : List.of("OwnerId", "CreatedById", "LastModifiedById", "Description")) {
            nullable(fields, field, text);
        }
        for (String field : List.of("CreatedDate", "LastModifiedDate")) {
            nullable(fields, field, Schema.create(Schema.Type.LONG));
        }
    }

    private static Schema personName(String record) {
        return compound(record, "Salutation", "FirstName", "LastName", "MiddleName", "Suffix");
    }

    String id() {
        return id;
    }

    String json() {
        return json;
    }

    /** The payload of an event: Avro's binary form without any framing. */
    ByteString encode(ChangeEvent event, long commitTimestamp, long commitNumber) {
        GenericRecord header =
                new GenericData.Record(schema.getField("ChangeEventHeader").schema());
        header.put("entityName", event.entityName());
        header.put("recordIds", event.recordIds());
        header.put(
                "changeType",
                new GenericData.EnumSymbol(
                        header.getSchema().getField("changeType").schema(),
                        event.type().name()));
        header.put("changeOrigin", origin(event.type()));
        header.put("transactionKey", event.transactionKey());
        header.put("sequenceNumber", event.sequenceNumber());
        header.put("commitTimestamp", commitTimestamp);
        header.put("commitNumber", commitNumber);
        header.put("commitUser", "005Rj000005UEfQIAW");
        header.put("nulledFields", List.of());
        header.put("diffFields", List.of());
        // A bitmap of the schema's fields, in hexadecimal.
        header.put("changedFields", event.type() == ChangeEvent.Type.UPDATE ? List.of("0x2080") : List.of());

        GenericRecord record = new GenericData.Record(schema);
        record.put("ChangeEventHeader", header);
        event.fields().forEach((name, value) -> record.put(name, inSchema(schema.getField(name), value)));
        ByteString.Output bytes = ByteString.newOutput();
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
        try {
            new GenericDatumWriter<GenericRecord>(schema).write(record, encoder);
            encoder.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteString();
    }

    /** Recorded gap events, and the UNDELETE that was recorded, have none. */
    private static String origin(ChangeEvent.Type type) {
        boolean without = type == ChangeEvent.Type.UNDELETE || type.name().startsWith("GAP_");
        return without ? "" : "com/salesforce/api/soap/62.0;client=SfdcInternalAPI/";
    }

    /** A compound value is given as a map of its parts. */
    private static Object inSchema(Schema.Field field, Object value) {
        if (!(value instanceof Map<?, ?> parts)) {
            return value;
        }
        GenericRecord compound =
                new GenericData.Record(field.schema().getTypes().get(1));
        parts.forEach((part, text) -> compound.put((String) part, text));
        return compound;
    }

    private static Schema header() {
        Schema names = SchemaBuilder.array().items().stringType();
        String[] types =
                Arrays.stream(ChangeEvent.Type.values()).map(Enum::name).toArray(String[]::new);
        return SchemaBuilder.record("ChangeEventHeader")
                .namespace(NAMESPACE)
                .fields()
                .requiredString("entityName")
                .name("recordIds")
                .type(names)
                .noDefault()
                .name("changeType")
                .type()
                .enumeration("ChangeType")
                .symbols(types)
                .noDefault()
                .requiredString("changeOrigin")
                .requiredString("transactionKey")
                .requiredInt("sequenceNumber")
                .requiredLong("commitTimestamp")
                .requiredLong("commitNumber")
                .requiredString("commitUser")
                .name("nulledFields")
                .type(names)
                .noDefault()
                .name("diffFields")
                .type(names)
                .noDefault()
                .name("changedFields")
                .type(names)
                .noDefault()
                .endRecord();
    }

    private static Schema address() {
        return SchemaBuilder.record("Address")
                .namespace(NAMESPACE)
                .fields()
                .optionalString("Street")
                .optionalString("City")
                .optionalString("State")
                .optionalString("PostalCode")
                .optionalString("Country")
                .optionalString("StateCode")
                .optionalString("CountryCode")
                .optionalDouble("Latitude")
                .optionalDouble("Longitude")
                .optionalString("Xyz")
                .optionalString("GeocodeAccuracy")
                .endRecord();
    }

    private static Schema compound(String name, String... parts) {
        SchemaBuilder.FieldAssembler<Schema> fields =
                SchemaBuilder.record(name).namespace(NAMESPACE).fields();
        for (String part : parts) {
            fields.optionalString(part);
        }
        return fields.endRecord();
    }

    private static void nullable(SchemaBuilder.FieldAssembler<Schema> fields, String name, Schema type) {
        fields.name(name)
                .doc(doc(name))
                .type(Schema.createUnion(Schema.create(Schema.Type.NULL), type))
                .withDefault(null);
    }

    private static String doc(String name) {
        return switch (name) {
            case "CreatedDate", "LastModifiedDate" -> name + ":DateTime";
            case "CreatedById", "LastModifiedById" -> name.replace("Id", ":EntityId");
            default -> "Data:Text:00NRj00000"
                    + hash(name).replaceAll("[^A-Za-z0-9]", "").substring(0, 6);
        };
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("MD5").digest(text.getBytes(StandardCharsets.UTF_8));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("MD5 is part of every JDK", e);
        }
    }
}
