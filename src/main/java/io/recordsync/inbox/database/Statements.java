package io.recordsync.inbox.database;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Every statement that was run, as the driver takes it: the words of the dialect and the parameters are looked for once. */
final class Statements {

    private final Dialect dialect;
    private final Map<String, Sql> byText = new ConcurrentHashMap<>();

    Statements(Dialect dialect) {
        this.dialect = dialect;
    }

    /** @param text a constant, or one of a few: it is kept until the database is closed */
    Sql of(String text) {
        Sql known = byText.get(text);
        return known == null ? byText.computeIfAbsent(text, this::parse) : known;
    }

    private Sql parse(String text) {
        return Sql.parse(dialect.expand(text));
    }
}
