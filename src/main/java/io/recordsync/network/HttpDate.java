package io.recordsync.network;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A date in a header, in any of the three forms that a recipient has to take (RFC 9110, 5.6.7).
 *
 * <p>The {@code DateUtils} of Apache's client 5.5 finds no instant in that of {@code asctime}, for want of a zone in it.
 */
public final class HttpDate {

    private static final List<DateTimeFormatter> FORMS = List.of(
            DateTimeFormatter.RFC_1123_DATE_TIME,
            form(new DateTimeFormatterBuilder()
                    .appendPattern("d-MMM-")
                    .appendValueReduced(ChronoField.YEAR, 2, 2, 1980)
                    .appendPattern(" HH:mm:ss 'GMT'")),
            form(new DateTimeFormatterBuilder().appendPattern("MMM d HH:mm:ss uuuu")));

    private HttpDate() {}

    private static DateTimeFormatter form(DateTimeFormatterBuilder rest) {
        return new DateTimeFormatterBuilder()
                .parseCaseInsensitive()
                .append(rest.toFormatter(Locale.ENGLISH))
                .toFormatter(Locale.ENGLISH)
                .withZone(ZoneOffset.UTC);
    }

    /** @param header null: none; what is no date is none either */
    public static Optional<Instant> read(String header) {
        // The day of the week says nothing new.
        String date = header == null
                ? ""
                : header.strip()
                        .replaceAll("\\s+", " ")
                        .replaceFirst("^(?i)(mon|tue|wed|thu|fri|sat|sun)[a-z]*,? ", "");
        for (DateTimeFormatter form : FORMS) {
            try {
                return Optional.of(form.parse(date, Instant::from));
            } catch (DateTimeException e) {
                // Another one, or none.
            }
        }
        return Optional.empty();
    }
}
