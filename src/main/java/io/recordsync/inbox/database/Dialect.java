package io.recordsync.inbox.database;

/**
 * The few words in which SQLite and PostgreSQL differ. Statements are one text for both, with these words in braces.
 *
 * @param now {@code {now}}: epoch milliseconds by the database's clock, the same throughout a statement
 * @param in {@code {in :ids}}: is one of the numbers of a JSON array
 * @param rows {@code {rows :rows}}: the arrays of a JSON array of arrays, each as column {@code value}
 * @param due {@code {due :lanes :limit}}: the ids of due rows, at most {@code :limit} of each lane of {@code :lanes}
 * @param bytes {@code {bytes value}}: of hexadecimal digits; and {@code {pending}} is a number, see {@link Numbers}
 */
record Dialect(String now, String in, String rows, String due, String bytes) {

    /** In each of these {@code $1} and {@code $2} are the parameters of the word. */
    static final Dialect SQLITE = new Dialect(
            "cast(round(unixepoch('subsec') * 1000) as integer)",
            "in (select value from json_each($1))",
            // Of JSON, every column that is taken from a row would parse the row again.
            "jsonb_each($1)",
            """
            in (
              select due.id
              from {rows $1} lane join deletion_row due on due.id in (
                select id from deletion_row
                where state = {pending} and lane = cast(lane.value ->> 0 as integer) and due_at <= {now}
                order by due_at, id
                limit $2))""",
            "unhex($1)");

    /**
     * The time is not {@code clock_timestamp()}: that is volatile, and no index is searched by it. Claims of other sessions
     * are passed over, not waited for; an array, so that the rows are found by their key.
     */
    static final Dialect POSTGRESQL = new Dialect(
            "cast(extract(epoch from statement_timestamp()) * 1000 as bigint)",
            "= any (translate($1, '[]', '{}')::bigint[])",
            "json_array_elements($1::json)",
            """
            = any (array(
              select due.id
              from {rows $1} lane cross join lateral (
                select id from deletion_row
                where state = {pending} and lane = cast(lane.value ->> 0 as integer) and due_at <= {now}
                order by due_at, id
                limit $2
                for update skip locked) due))""",
            "decode($1, 'hex')");

    Dialect withNow(String expression) {
        return new Dialect(expression, in, rows, due, bytes);
    }

    /** The text in this dialect; its parameters are still names. */
    String expand(String text) {
        return Numbers.expand(text.replaceAll("\\{due (:\\w+) (:\\w+)}", due)
                .replaceAll("\\{in (:\\w+)}", in)
                .replaceAll("\\{rows (:\\w+)}", rows)
                .replaceAll("\\{bytes ([^}]+)}", bytes)
                .replace("{now}", now));
    }
}
