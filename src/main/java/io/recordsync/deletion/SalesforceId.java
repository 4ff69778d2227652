package io.recordsync.deletion;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The forms of Salesforce's record ids: checks them, completes them, and says which texts mean the same record.
 *
 * <p>An id has 15 case-sensitive characters, or 18: three more that say which of the 15 are upper case ("ID Field Type",
 * Salesforce's Object Reference).
 */
public final class SalesforceId {

    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9]{15}([A-Z0-5]{3})?");
    private static final Pattern BLANKS_AT_ENDS = Pattern.compile("^[\\s\\h\\uFEFF\\u200B]+|[\\s\\h\\uFEFF\\u200B]+$");
    private static final String CHECKSUM_CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";
    private static final int SHORT = 15;

    private SalesforceId() {}

    /** The id with its 18 characters; empty for a wildcard, a wrong checksum, an id of nothing but zeros. */
    public static Optional<String> complete(String id) {
        if (id == null || !FORM.matcher(id).matches() || id.startsWith("000000000000", 3)) {
            return Optional.empty();
        }
        String complete = id.substring(0, SHORT) + checksum(id);
        return id.length() == SHORT || id.equals(complete) ? Optional.of(complete) : Optional.empty();
    }

    /** As {@link #complete}, of what people and imports write: blanks at the ends do not count. */
    public static Optional<String> read(String text) {
        return text == null ? Optional.empty() : complete(stripped(text));
    }

    /** Without blanks at its ends, also those that {@link String#strip} knows nothing of. */
    public static String stripped(String text) {
        return BLANKS_AT_ENDS.matcher(text).replaceAll("");
    }

    /** The id in its two forms, the one of 18 characters first; of what is no id the text alone. */
    public static List<String> forms(String text) {
        return read(text).map(id -> List.of(id, id.substring(0, SHORT))).orElseGet(() -> List.of(text));
    }

    private static String checksum(String id) {
        StringBuilder checksum = new StringBuilder(3);
        for (int group = 0; group < 3; group++) {
            int upper = 0;
            for (int i = 0; i < 5; i++) {
                if (Character.isUpperCase(id.charAt(group * 5 + i))) {
                    upper |= 1 << i;
                }
            }
            checksum.append(CHECKSUM_CHARACTERS.charAt(upper));
        }
        return checksum.toString();
    }
}
