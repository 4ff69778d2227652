package io.recordsync.talkdesk;

import com.fasterxml.jackson.databind.JsonNode;
import io.recordsync.deletion.Batch;
import io.recordsync.deletion.IdentifierKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * A 2xx of the bulk call in Talkdesk's own form, with numbers that can be.
 *
 * @param deleted how many records were deleted; empty when it is not said
 * @param errors how many records were not, at least
 * @param failedRecords the ids of those that are named, each once
 */
record BulkAnswer(OptionalLong deleted, long errors, List<String> failedRecords) {

    private static final List<String> FIELDS =
            List.of("record_list_id", "has_errors", "total_deleted", "total_errors", "_links", "_embedded");
    /** The end of the range of the totals, by the page. */
    private static final int MAX_TOTAL = 100;

    /** Whether it has any of the documented fields, and what it has is of the documented type. */
    static boolean hasForm(JsonNode answer, String recordList) {
        JsonNode hasErrors = answer.path("has_errors");
        JsonNode records = answer.path("_embedded").path("failed_records");
        return FIELDS.stream().anyMatch(answer::has)
                && Shape.isOfList(recordList, answer)
                && isTotal(answer.path("total_deleted"))
                && isTotal(answer.path("total_errors"))
                && (hasErrors.isBoolean() || Shape.isAbsent(hasErrors))
                && (records.isArray() || Shape.isAbsent(records));
    }

    /** Empty when it is not Talkdesk's, or cannot be about this batch. */
    static Optional<BulkAnswer> read(JsonNode answer, Batch batch) {
        if (!hasForm(answer, batch.recordList())) {
            return Optional.empty();
        }
        JsonNode hasErrors = answer.path("has_errors");
        JsonNode records = answer.path("_embedded").path("failed_records");
        JsonNode deleted = answer.path("total_deleted");
        List<String> ids = new ArrayList<>();
        long unnamed = 0;
        for (JsonNode record : records) {
            if (FailedRecord.isId(record.path("id").asText())) {
                ids.add(record.path("id").asText());
            } else {
                unnamed++;
            }
        }
        List<String> failed = ids.stream().distinct().toList();
        long errors = Stream.of(
                        answer.path("total_errors").asLong(0),
                        failed.size() + unnamed,
                        hasErrors.asBoolean(false) ? 1L : 0L)
                .max(Long::compare)
                .orElseThrow();
        BulkAnswer read = new BulkAnswer(
                Shape.isAbsent(deleted) ? OptionalLong.empty() : OptionalLong.of(deleted.asLong()), errors, failed);
        return read.tooManyErrors(batch) ? Optional.empty() : Optional.of(read);
    }

    /** Whether more is said to be deleted than was asked for. */
    boolean moreThanAsked(Batch batch) {
        return deleted.orElse(0) > max(batch);
    }

    /** Whether every record that was not deleted is named. */
    boolean namesAll() {
        return failedRecords.size() >= errors;
    }

    private boolean tooManyErrors(Batch batch) {
        if (errors > max(batch)) {
            return true;
        }
        boolean each = batch.deletions().get(0).identifier().kind() != IdentifierKind.PHONE;
        return each && errors > 0 && !moreThanAsked(batch) && deleted.orElse(0) + errors > max(batch);
    }

    /** A phone number may name more records than one; all else names one. */
    private static long max(Batch batch) {
        int sent = batch.identifiers().size();
        boolean phones = batch.deletions().get(0).identifier().kind() == IdentifierKind.PHONE;
        return phones ? Math.max(sent, MAX_TOTAL) : sent;
    }

    /** A whole number, not negative, or nothing; some write it as 2.0. */
    private static boolean isTotal(JsonNode total) {
        return Shape.isAbsent(total)
                || total.isNumber()
                        && total.canConvertToExactIntegral()
                        && total.canConvertToLong()
                        && total.asLong() >= 0;
    }
}
