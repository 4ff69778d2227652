package io.recordsync.inbox;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;

/** A real PostgreSQL, started once for all tests of a JVM and ended with it. */
final class Postgresql {

    private Postgresql() {}

    static String url() {
        return server().getJdbcUrl("postgres", "postgres");
    }

    static EmbeddedPostgres server() {
        return Started.SERVER;
    }

    private static final class Started {
        static final EmbeddedPostgres SERVER = start();

        private static EmbeddedPostgres start() {
            try {
                // A table that is looked at in the middle of being filled is taken for empty: plans would differ from
                // run to run.
                return EmbeddedPostgres.builder()
                        .setServerConfig("autovacuum", "off")
                        .start();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
