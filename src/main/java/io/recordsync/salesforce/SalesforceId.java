package io.recordsync.salesforce;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Checks and completes Salesforce record ids.
 *
 * <p>An id has 15 case-sensitive characters, or 18: three more that say which of the 15 are upper case ("ID Field Type",
 * Salesforce's Object Reference).
 */
final class SalesforceId {

    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9]{15}([A-Z0-5]{3})?");
    private static final String CHECKSUM_CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";

    private SalesforceId() {}

    /** The id with its 18 characters; empty for a wildcard, a wrong checksum, an id of nothing but zeros. */
    static Optional<String> complete(String id) {
        if (id == null || !FORM.matcher(id).matches() || id.startsWith("000000000000", 3)) {
            return Optional.empty();
        }
        String complete = id.substring(0, 15) + checksum(id);
        return id.length() == 15 || id.equals(complete) ? Optional.of(complete) : Optional.empty();
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
