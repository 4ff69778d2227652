package io.recordsync.ops.receipts;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SequenceWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import io.recordsync.deletion.Word;
import io.recordsync.inbox.Ledger.Entry;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Iterator;
import java.util.stream.Stream;

/**
 * How receipts are written: one after the other as they are read, in UTF-8, so that a year of them takes no more memory than
 * a day.
 */
public enum ReceiptFormat {
    /**
     * RFC 4180 with a header line. What a spreadsheet would take for a formula begins with an apostrophe: an external id is
     * text that somebody typed.
     */
    CSV("text/csv; charset=utf-8; header=present") {
        @Override
        void write(Iterator<Receipt> receipts, OutputStream out) throws IOException {
            try (SequenceWriter lines = CSV_MAPPER.writer(COLUMNS).writeValues(out)) {
                while (receipts.hasNext()) {
                    lines.write(receipts.next());
                }
            }
        }
    },
    /** {@code {"receipts": [ … ]}}. */
    JSON("application/json") {
        @Override
        void write(Iterator<Receipt> receipts, OutputStream out) throws IOException {
            try (JsonGenerator json = JSON_MAPPER.createGenerator(out)) {
                json.writeStartObject();
                json.writeArrayFieldStart("receipts");
                while (receipts.hasNext()) {
                    json.writePOJO(receipts.next());
                }
                json.writeEndArray();
                json.writeEndObject();
            }
        }
    };

    /** What breaks off must not end as if it were whole. */
    private static final ObjectMapper JSON_MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .disable(StreamWriteFeature.AUTO_CLOSE_CONTENT)
                    .build())
            .build();

    private static final CsvMapper CSV_MAPPER = CsvMapper.builder()
            .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .addModule(new SimpleModule().addSerializer(String.class, new SafeText()))
            .build();
    private static final CsvSchema COLUMNS =
            CSV_MAPPER.schemaFor(Receipt.class).withHeader().withLineSeparator("\r\n");

    private final String contentType;

    ReceiptFormat(String contentType) {
        this.contentType = contentType;
    }

    /**
     * The format of that name, in lower case.
     *
     * @throws WrongQueryException when there is none
     */
    public static ReceiptFormat named(String name) {
        return Arrays.stream(values())
                .filter(format -> format.extension().equals(name))
                .findFirst()
                .orElseThrow(() -> new WrongQueryException("format is expected to be csv or json"));
    }

    String contentType() {
        return contentType;
    }

    String extension() {
        return Word.underscored(this);
    }

    /**
     * Writes the receipts of these deletions and closes {@code out}.
     *
     * @return how many there were
     */
    public long write(Stream<Entry> deletions, SeenCallbacks callbacks, OutputStream out) throws IOException {
        long[] count = new long[1];
        write(
                deletions
                        .peek(deletion -> count[0]++)
                        .map(deletion -> Receipt.of(deletion, callbacks.words(deletion)))
                        .iterator(),
                out);
        return count[0];
    }

    abstract void write(Iterator<Receipt> receipts, OutputStream out) throws IOException;
}
