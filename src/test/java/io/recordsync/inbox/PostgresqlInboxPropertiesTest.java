package io.recordsync.inbox;

import java.util.function.UnaryOperator;

/** Any order of acts on PostgreSQL. */
class PostgresqlInboxPropertiesTest extends InboxProperties {

    @Override
    Store open(String now) {
        Store store = TestStore.open(Postgresql.url(), "postgres", "", now, UnaryOperator.identity());
        PostgresqlInboxTest.empty(store);
        return store;
    }
}
