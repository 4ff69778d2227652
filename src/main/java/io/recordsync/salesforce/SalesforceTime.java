package io.recordsync.salesforce;

import io.recordsync.network.HttpDate;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Locale;

/** Times as the REST API writes them. */
final class SalesforceTime {

    /** {@code 2026-03-01T10:00:00.000+0000}; its guide shows {@code +00:00} and {@code Z} as well. */
    private static final DateTimeFormatter READ = new DateTimeFormatterBuilder()
            .appendPattern("yyyy-MM-dd'T'HH:mm:ss")
            .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
            .appendPattern("[XXX][XX]")
            .toFormatter(Locale.ROOT);

    private static final DateTimeFormatter WRITTEN =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ssxxx", Locale.ROOT).withZone(ZoneOffset.UTC);

    private SalesforceTime() {}

    static Instant read(String field, String text) throws IOException {
        try {
            return OffsetDateTime.parse(String.valueOf(text), READ).toInstant();
        } catch (DateTimeException e) {
            throw unreadable(field, text);
        }
    }

    /** The Date header of an answer: Salesforce's own clock, in whole seconds. */
    static Instant ofDateHeader(String text) throws IOException {
        return HttpDate.read(text).orElseThrow(() -> unreadable("Date header", text));
    }

    static String written(Instant time) {
        return WRITTEN.format(time);
    }

    static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    private static IOException unreadable(String field, String text) {
        return new IOException("Salesforce's answer has no readable " + field + " (it is "
                + (text == null ? "missing" : SyncedRecords.printable(text)) + ")");
    }
}
