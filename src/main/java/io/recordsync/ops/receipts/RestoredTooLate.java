package io.recordsync.ops.receipts;

import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import io.recordsync.inbox.LateRestorations;
import io.recordsync.inbox.LateRestorations.LateRestoration;
import io.recordsync.ops.api.Refusal;
import io.recordsync.ops.receipts.Receipts.Download;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Contacts whose UNDELETE came after the call, as the API gives them, so that somebody can import them again: JSON, or CSV where
 * the caller accepts {@code text/csv}. Who read them is logged.
 */
public final class RestoredTooLate {

    private static final Logger LOG = LoggerFactory.getLogger(RestoredTooLate.class);
    private static final int MAX_RESTORED = 10_000;

    private static final JsonMapper JSON = new JsonMapper();
    private static final CsvMapper CSV = CsvMapper.builder()
            .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .addModule(new SimpleModule().addSerializer(String.class, new SafeText()))
            .build();
    private static final CsvSchema COLUMNS =
            CSV.schemaFor(Line.class).withHeader().withLineSeparator("\r\n");

    private final LateRestorations restorations;

    public RestoredTooLate(LateRestorations restorations) {
        this.restorations = restorations;
    }

    /** {@code removed} is no where an answer was lost or confirmed nothing: nobody knows then. */
    record Line(
            String externalProvider,
            String externalId,
            String recordList,
            String restoredAt,
            String deletedAt,
            String calledAt,
            String removed) {

        static Line of(LateRestoration late) {
            return new Line(
                    late.provider(),
                    late.identifier(),
                    late.recordList(),
                    text(late.restoredAt()),
                    text(late.committedAt()),
                    text(late.calledAt()),
                    late.certain() ? "yes" : "perhaps");
        }

        private static String text(Instant at) {
            return at == null ? null : at.toString();
        }
    }

    /** Whether more were restored than are listed. */
    record Answer(List<Line> restored, boolean more) {}

    /**
     * @param accept the caller's Accept header; empty where there was none
     * @throws Refusal when there is a query
     */
    public Download find(Map<String, String> query, String accept, String user) throws IOException {
        if (!query.isEmpty()) {
            throw Refusal.of(400, "Unknown query parameter: expected none (CSV is given to Accept: text/csv)");
        }
        List<LateRestoration> found = restorations.restoredTooLate(MAX_RESTORED + 1);
        boolean more = found.size() > MAX_RESTORED;
        List<Line> lines = found.stream().limit(MAX_RESTORED).map(Line::of).toList();
        LOG.info("{} read {} contacts that were restored too late", user, lines.size());
        boolean csv = accept.toLowerCase(Locale.ROOT).contains("text/csv");
        return new Download(
                csv ? "text/csv; charset=utf-8; header=present" : "application/json",
                csv ? "attachment; filename=\"restored-too-late.csv\"" : "inline",
                csv ? CSV.writer(COLUMNS).writeValueAsBytes(lines) : JSON.writeValueAsBytes(new Answer(lines, more)));
    }
}
