package io.recordsync.inbox;

/**
 * The few words in which SQLite and PostgreSQL differ. Statements are one text for both, with these words in braces.
 *
 * @param shared whether several processes may have the database
 * @param now {@code {now}}: epoch milliseconds by the database's clock, the same throughout a statement
 * @param in {@code {in ?}}: is one of the numbers of a JSON array
 * @param rows {@code {rows ?}}: the arrays of a JSON array of arrays, each as column {@code value}
 * @param due {@code {due}}: the ids of due rows, at most {@code ?} of each lane of {@code {rows ?}}
 */
record Dialect(boolean shared, String now, String in, String rows, String due) {

    static final String SQLITE_NOW = "cast(round(unixepoch('subsec') * 1000) as integer)";
    /** Not {@code clock_timestamp()}: that is volatile, and no index is searched by it. */
    static final String POSTGRESQL_NOW = "cast(extract(epoch from statement_timestamp()) * 1000 as bigint)";

    static Dialect sqlite(String now) {
        return new Dialect(
                false,
                now,
                "in (select value from json_each(?))",
                // Of JSON, every column that is taken from a row would parse the row again.
                "jsonb_each(?)",
                """
                in (
                  select due.id
                  from {rows ?} lane join deletion due on due.id in (
                    select id from deletion
                    where state = 'pending' and record_list = lane.value ->> 0 and kind = lane.value ->> 1
                      and due_at <= {now}
                    order by due_at, id
                    limit ?))""");
    }

    /** Claims of other sessions are passed over, not waited for; an array, so that the rows are found by their key. */
    static Dialect postgresql(String now) {
        return new Dialect(
                true,
                now,
                "= any (translate(?, '[]', '{}')::bigint[])",
                "json_array_elements(?::json)",
                """
                = any (array(
                  select due.id
                  from {rows ?} lane cross join lateral (
                    select id from deletion
                    where state = 'pending' and record_list = lane.value ->> 0 and kind = lane.value ->> 1
                      and due_at <= {now}
                    order by due_at, id
                    limit ?
                    for update skip locked) due))""");
    }

    String sql(String text) {
        return text.replace("{due}", due)
                .replace("{in ?}", in)
                .replace("{rows ?}", rows)
                .replace("{now}", now);
    }
}
