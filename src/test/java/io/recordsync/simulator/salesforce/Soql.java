package io.recordsync.simulator.salesforce;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A query of contacts in the part of SOQL that asks what was deleted or what exists.
 *
 * <p>{@code SELECT COUNT() FROM Contact}, or {@code SELECT fields FROM Contact [WHERE condition [AND condition]…] [LIMIT n]}, a
 * condition being {@code IsDeleted = true},
 * {@code Id IN ('…', …)}, or a comparison of a time with a literal. Everything else is refused as malformed.
 */
record Soql(List<String> fields, Predicate<Contacts.Contact> where, int limit, Instant from, Instant until) {

    /** Alone: only how many there are is told. */
    static final List<String> COUNT = List.of("COUNT()");

    private static final Set<String> FIELDS = fieldNames();
    private static final Pattern QUERY = Pattern.compile(
            "\\s*SELECT\\s+(.+?)\\s+FROM\\s+(\\w+)(?:\\s+WHERE\\s+(.+?))?(?:\\s+LIMIT\\s+(\\d{1,9}))?\\s*",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern FLAG =
            Pattern.compile("IsDeleted\\s*(=|!=)\\s*(true|false)", Pattern.CASE_INSENSITIVE);
    private static final Pattern TIME = Pattern.compile(
            "(SystemModstamp|CreatedDate|LastModifiedDate)\\s*(=|<=|>=|<|>)\\s*(\\S+)", Pattern.CASE_INSENSITIVE);
    private static final Pattern IDS =
            Pattern.compile("Id\\s+IN\\s*\\(\\s*('\\w+'(?:\\s*,\\s*'\\w+')*)\\s*\\)", Pattern.CASE_INSENSITIVE);

    /** A refusal in Salesforce's words. */
    static final class Refused extends Exception {

        private final String errorCode;

        Refused(String errorCode, String message) {
            super(message);
            this.errorCode = errorCode;
        }

        String errorCode() {
            return errorCode;
        }
    }

    /** @param entities that are served, and how their ids begin */
    static Soql parse(String text, Map<String, String> entities) throws Refused {
        Matcher query = QUERY.matcher(text);
        if (!query.matches()) {
            throw new Refused("MALFORMED_QUERY", "unexpected token in: " + text);
        }
        String prefix = entities.get(query.group(2));
        if (prefix == null) {
            throw new Refused("INVALID_TYPE", "sObject type '" + query.group(2) + "' is not supported");
        }
        List<String> fields = Arrays.asList(query.group(1).split("\\s*,\\s*"));
        for (String field : fields) {
            if (!FIELDS.contains(field) && !fields.equals(COUNT)) {
                throw new Refused("INVALID_FIELD", "No such column '" + field + "' on entity 'Contact'");
            }
        }
        List<Predicate<Contacts.Contact>> conditions = new ArrayList<>();
        conditions.add(contact -> contact.id().startsWith(prefix));
        Instant from = null;
        Instant until = null;
        if (query.group(3) != null) {
            for (String condition : query.group(3).split("(?i)\\s+AND\\s+")) {
                conditions.add(condition(condition));
                Matcher time = TIME.matcher(condition);
                if (time.matches() && time.group(2).startsWith(">")) {
                    from = instant(time.group(3));
                } else if (time.matches() && time.group(2).startsWith("<")) {
                    until = instant(time.group(3));
                }
            }
        }
        int limit = query.group(4) == null ? Integer.MAX_VALUE : Integer.parseInt(query.group(4));
        return new Soql(fields, conditions.stream().reduce(contact -> true, Predicate::and), limit, from, until);
    }

    boolean asksForTimes() {
        return from != null;
    }

    /** How long a time it asks for. */
    Duration range(Instant now) {
        return Duration.between(from, until == null ? now : until);
    }

    boolean matches(Contacts.Contact contact) {
        return where.test(contact);
    }

    static Object value(Contacts.Contact contact, String field) {
        return switch (field.toLowerCase(Locale.ROOT)) {
            case "id" -> contact.id();
            case "isdeleted" -> contact.deleted();
            case "masterrecordid" -> contact.master();
            case "createddate" -> contact.createdAt();
            default -> contact.modifiedAt();
        };
    }

    private static Predicate<Contacts.Contact> condition(String text) throws Refused {
        Matcher flag = FLAG.matcher(text);
        if (flag.matches()) {
            boolean wanted =
                    Boolean.parseBoolean(flag.group(2)) == flag.group(1).equals("=");
            return contact -> contact.deleted() == wanted;
        }
        Matcher ids = IDS.matcher(text);
        if (ids.matches()) {
            // Ids are compared in their 15-character form, whichever is given.
            Set<String> wanted = new TreeSet<>();
            for (String quoted : ids.group(1).split("\\s*,\\s*")) {
                String id = quoted.substring(1, quoted.length() - 1);
                if (id.length() != 15 && id.length() != 18) {
                    throw new Refused("INVALID_QUERY_FILTER_OPERATOR", "invalid ID field: " + id);
                }
                wanted.add(id.substring(0, 15));
            }
            return contact -> wanted.contains(contact.id().substring(0, 15));
        }
        Matcher time = TIME.matcher(text);
        if (time.matches()) {
            return comparison(time.group(1), time.group(2), instant(time.group(3)));
        }
        throw new Refused("MALFORMED_QUERY", "unexpected token: " + text);
    }

    private static Predicate<Contacts.Contact> comparison(String field, String operator, Instant limit) {
        return contact -> {
            int order = ((Instant) value(contact, field)).compareTo(limit);
            return switch (operator) {
                case "=" -> order == 0;
                case "<" -> order < 0;
                case "<=" -> order <= 0;
                case ">" -> order > 0;
                default -> order >= 0;
            };
        };
    }

    private static Instant instant(String literal) throws Refused {
        try {
            return OffsetDateTime.parse(literal).toInstant();
        } catch (DateTimeException e) {
            throw new Refused("MALFORMED_QUERY", "line 1: '" + literal + "' is not a date-time literal");
        }
    }

    private static Set<String> fieldNames() {
        Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        names.addAll(List.of("Id", "IsDeleted", "MasterRecordId", "SystemModstamp", "CreatedDate", "LastModifiedDate"));
        return names;
    }
}
