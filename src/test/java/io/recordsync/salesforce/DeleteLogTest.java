package io.recordsync.salesforce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recordsync.salesforce.DeleteLog.Deleted;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeleteLogTest {

    private static final String COVERS =
            "\"earliestDateAvailable\": \"2026-03-01T09:00:00.000+0000\", \"latestDateCovered\":"
                    + " \"2026-03-05T10:00:00.000+0000\"";
    private static final Instant UNKNOWN = Instant.parse("2026-03-05T10:00:00Z");
    private static final String RECORD =
            "{\"deletedDate\": \"2026-03-02T10:00:01.000+0000\", \"id\": \"003DL0000212DetYAE\"}";

    private final List<Instant> covers = new ArrayList<>();

    @Test
    void records_and_the_interval_that_they_cover_are_read_in_whatever_order() throws IOException {
        for (String json : List.of(
                "{\"deletedRecords\": [" + RECORD + "], " + COVERS + "}",
                "{" + COVERS + ", \"deletedRecords\": [" + RECORD + "]}",
                "{\"more\": {\"a\": [1]}, " + COVERS + ", \"deletedRecords\": [" + RECORD
                        + "], \"sforceReserved\": null}")) {
            covers.clear();

            assertThat(read(json))
                    .containsExactly(List.of(new Deleted("003DL0000212DetYAE", Instant.parse("2026-03-02T10:00:01Z"))));
            assertThat(covers)
                    .containsExactly(Instant.parse("2026-03-01T09:00:00Z"), Instant.parse("2026-03-05T10:00:00Z"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-03-02T10:00:01.000+0000",
                "2026-03-02T10:00:01Z",
                "2026-03-02T12:00:01+02:00",
                "2026-03-02T10:00:01.000000Z"
            })
    void every_form_of_a_time_is_read(String time) throws IOException {
        assertThat(read("{\"deletedRecords\": [{\"id\": \"a\", \"deletedDate\": \"" + time + "\"}], " + COVERS + "}")
                        .get(0)
                        .get(0)
                        .at())
                .isEqualTo(Instant.parse("2026-03-02T10:00:01Z"));
    }

    @Test
    void an_empty_log_gives_no_chunk() throws IOException {
        assertThat(read("{\"deletedRecords\": [], " + COVERS + "}")).isEmpty();
        assertThat(covers).hasSize(2);
    }

    /** Read whole, they would take 100 MB; this is generated as it is read, and no more than a chunk is ever held. */
    @Test
    void six_hundred_thousand_ids_are_read_in_chunks() throws IOException {
        Endless answer = new Endless(600_000);
        DeleteLog log = new DeleteLog(answer, UNKNOWN, (earliest, latest) -> covers.add(latest));
        int records = 0;
        int chunks = 0;
        while (log.hasNext()) {
            List<Deleted> chunk = log.next();
            assertThat(chunk).hasSizeLessThanOrEqualTo(DeleteLog.CHUNK);
            records += chunk.size();
            chunks++;
            // Not read ahead by more than the parser's buffer.
            assertThat(answer.given).isLessThan(records + 1_000);
        }
        assertThat(records).isEqualTo(600_000);
        assertThat(chunks).isEqualTo(600);
        assertThat(covers).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "<html>",
                "{\"deletedRecords\": [",
                "{\"deletedRecords\": [{\"id\": \"a\"",
                "{\"deletedRecords\": [{\"id\": \"a\"}], \"earliestDateAvailable\": \"2026-03-01T09:00:00.000+0000\"",
                "{\"deletedRecords\": {}}"
            })
    void an_answer_that_is_cut_off_or_of_another_form_covers_nothing(String json) {
        assertThatThrownBy(() -> read(json)).isInstanceOfAny(IOException.class, UncheckedIOException.class);
        assertThat(covers).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ", \"earliestDateAvailable\": null, \"latestDateCovered\": null",
                ", \"earliestDateAvailable\": \"\", \"latestDateCovered\": \"soon\"",
                ", \"earliestDateAvailable\": 1772359200000, \"latestDateCovered\": {\"at\": 1}"
            })
    void what_it_names_is_read_although_it_does_not_say_what_it_covers(String covers) throws IOException {
        assertThat(read("{\"deletedRecords\": [" + RECORD + "]" + covers + "}")).hasSize(1);
        assertThat(this.covers).containsExactly(null, null);
    }

    /** Once a row without a date kept all others from being found. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"id\": \"a\"}",
                "{\"id\": \"a\", \"deletedDate\": null}",
                "{\"id\": \"a\", \"deletedDate\": \"\"}",
                "{\"id\": \"a\", \"deletedDate\": [1]}"
            })
    void a_deletion_without_a_time_was_made_before_the_end_of_what_was_asked_for(String record) throws IOException {
        assertThat(read("{\"deletedRecords\": [" + record + ", " + RECORD + "], " + COVERS + "}"))
                .containsExactly(List.of(
                        new Deleted("a", UNKNOWN),
                        new Deleted("003DL0000212DetYAE", Instant.parse("2026-03-02T10:00:01Z"))));
    }

    @Test
    void no_list_is_an_empty_one() throws IOException {
        assertThat(read("{\"deletedRecords\": null, " + COVERS + "}")).isEmpty();
        assertThat(covers).hasSize(2);
    }

    private List<List<Deleted>> read(String json) throws IOException {
        DeleteLog log = new DeleteLog(
                new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)),
                UNKNOWN,
                (earliest, latest) -> covers.addAll(Arrays.asList(earliest, latest)));
        List<List<Deleted>> chunks = new ArrayList<>();
        log.forEachRemaining(chunks::add);
        return chunks;
    }

    /** An answer with as many records, made while it is read. */
    private static final class Endless extends InputStream {

        private final int records;
        private int given;
        private InputStream part = bytes("{\"deletedRecords\": [" + RECORD);

        Endless(int records) {
            this.records = records;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0];
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
            int read = part.read(to, offset, length);
            if (read >= 0 || given == records) {
                return read;
            }
            given++;
            part = bytes(given == records ? "], " + COVERS + "}" : "," + RECORD);
            return part.read(to, offset, length);
        }

        private static InputStream bytes(String text) {
            return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
        }
    }
}
