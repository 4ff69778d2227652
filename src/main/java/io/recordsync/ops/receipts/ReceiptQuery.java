package io.recordsync.ops.receipts;

import io.recordsync.deletion.SalesforceId;
import io.recordsync.inbox.Ledger;
import io.recordsync.inbox.Ledger.Entry;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.Iterator;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Which receipts are meant: those of a contact, those of what was accepted in a time, or both.
 *
 * @param externalId null: of everybody
 * @param from null: from the beginning; {@code until} is null then too, and otherwise is not part of it
 */
public record ReceiptQuery(String externalId, Instant from, Instant until) {

    private static final String NO_ID =
            "This is no id of a Salesforce record (expected 15 or 18 letters and digits, the last three of 18 being the"
                    + " checksum), nor another external id whose deletion was ordered";

    private static final Pattern CONTACT_ID = Pattern.compile("[A-Za-z0-9]{15,18}");
    private static final Pattern DAY = Pattern.compile("\\d{4}-\\d{2}-\\d{2}");

    /**
     * Reads what a person typed: null where nothing was. A day is its midnight in UTC.
     *
     * @throws WrongQueryException when it is not understood, or would be everything there is
     */
    public static ReceiptQuery of(String externalId, String from, String to) {
        if (externalId == null && from == null && to == null) {
            throw new WrongQueryException("Expected a contact, or from and to");
        }
        if ((from == null) != (to == null)) {
            throw new WrongQueryException("from and to are expected together");
        }
        if (externalId != null && (externalId.isBlank() || externalId.chars().anyMatch(Character::isISOControl))) {
            throw new WrongQueryException("A contact is expected to be an id, without control characters");
        }
        String contact =
                externalId == null ? null : SalesforceId.read(externalId).orElse(externalId);
        if (from == null) {
            return new ReceiptQuery(contact, null, null);
        }
        ReceiptQuery query = new ReceiptQuery(contact, time("from", from), time("to", to));
        if (!query.from().isBefore(query.until())) {
            throw new WrongQueryException("from is expected to be before to");
        }
        return query;
    }

    private static Instant time(String name, String text) {
        try {
            if (DAY.matcher(text).matches()) {
                return LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
            }
            // A year of more than four digits is a slip, and too large for the database.
            if (Character.isDigit(text.isEmpty() ? ' ' : text.charAt(0))) {
                return OffsetDateTime.parse(text).toInstant();
            }
        } catch (DateTimeParseException e) {
            // Refused below.
        }
        throw new WrongQueryException(
                name + " is expected to be a day such as 2026-03-01 or a time such as 2026-03-01T10:00:00Z");
    }

    /**
     * Read as far as the stream is.
     *
     * @throws WrongQueryException when the contact is no id, and nothing is known by it
     */
    public Stream<Entry> in(Ledger ledger) {
        if (externalId == null) {
            return ledger.accepted(from, until);
        }
        Stream<Entry> found = ledger.ofContact(externalId);
        if (SalesforceId.read(externalId).isPresent()) {
            return within(found);
        }
        // A person may have ordered the deletion of what another system owns; of nothing else there are receipts.
        Iterator<Entry> known = found.iterator();
        if (!known.hasNext()) {
            throw new WrongQueryException(NO_ID);
        }
        return within(StreamSupport.stream(Spliterators.spliteratorUnknownSize(known, Spliterator.ORDERED), false));
    }

    /** Of these deletions those that were accepted in the time that is asked for. */
    public Stream<Entry> within(Stream<Entry> deletions) {
        return from == null
                ? deletions
                : deletions.filter(deletion -> !deletion.acceptedAt().isBefore(from)
                        && deletion.acceptedAt().isBefore(until));
    }

    /** For the log. What does not look like a contact id may be anything: a phone number. */
    @Override
    public String toString() {
        String contact = externalId == null
                ? "everybody"
                : CONTACT_ID.matcher(externalId).matches() ? externalId : "an id that is not Salesforce's";
        return from == null ? contact : "%s, accepted from %s to %s".formatted(contact, from, until);
    }

    /** For the name of a file. */
    String fileName() {
        String times = from == null ? "" : "-%s-%s".formatted(from, until);
        String contact = externalId == null || !CONTACT_ID.matcher(externalId).matches() ? "" : "-" + externalId;
        return "receipts" + contact + times.replace("T00:00:00Z", "").replace(':', '.');
    }
}
