package io.recordsync.inbox.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * In which schema of a PostgreSQL database the inbox is, or is to be.
 *
 * <p>An inbox that exists is never started anew beside itself, and nothing is put among the objects of others.
 *
 * @param remark what a person should know of it; empty when there is nothing
 */
record SchemaChoice(String schema, Optional<String> remark) {

    /** Where it is kept when the schema that it would be in holds other things. */
    static final String OWN = "recordsync";

    /**
     * @param named by {@code currentSchema}
     * @param shownUrl for messages
     * @throws DatabaseException when a person has to choose, or to grant a right
     */
    static SchemaChoice of(Connection connection, PostgresqlLook look, Optional<String> named, String shownUrl)
            throws SQLException {
        return new Choosing(connection, look, named, shownUrl).choose();
    }

    private record Choosing(Connection connection, PostgresqlLook look, Optional<String> named, String shownUrl) {

        SchemaChoice choose() throws SQLException {
            String wanted = named.orElse(look.schema());
            List<String> installations = look.installations();
            if (installations.contains(wanted)) {
                return existing(wanted);
            }
            if (named.isEmpty() && installations.equals(List.of(OWN))) {
                return existing(OWN);
            }
            if (!installations.isEmpty()) {
                throw refused(("its inbox is in schema %s, not in %s: add currentSchema=%s to store.url (a second"
                                + " installation needs a database of its own)")
                        .formatted(
                                String.join(" and in ", installations),
                                wanted.isEmpty() ? "any of the search path" : wanted,
                                installations.get(0)));
            }
            if (wanted.isEmpty()) {
                throw refused(
                        "the role %s sees no schema of its search path (expected one that exists and that it has USAGE on): name one by currentSchema in store.url"
                                .formatted(look.role()));
            }
            if (!PostgresqlLook.exists(connection, wanted)) {
                return toBeCreated(wanted, Optional.empty());
            }
            Optional<String> stranger = PostgresqlLook.stranger(connection, wanted);
            if (stranger.isEmpty()) {
                return empty(wanted, Optional.empty());
            }
            String strangers = "schema %s holds other things (%s)".formatted(wanted, stranger.get());
            if (named.isPresent()) {
                throw refused(strangers
                        + ": expected one that is empty, or does not exist yet, as currentSchema in store.url");
            }
            return own(strangers);
        }

        private SchemaChoice own(String strangers) throws SQLException {
            Optional<String> remark = Optional.of(
                    "%s, so that the inbox is kept in a schema of its own, %s: add currentSchema=%s to store.url to say so"
                            .formatted(strangers, OWN, OWN));
            if (!PostgresqlLook.exists(connection, OWN)) {
                if (!look.createsSchemas()) {
                    throw refused(
                            ("%s, and the role %s has no right CREATE on the database to make one of its own: create schema"
                                            + " %s authorization %s, and add currentSchema=%s to store.url")
                                    .formatted(strangers, look.role(), OWN, PostgresqlLook.quoted(look.role()), OWN));
                }
                return toBeCreated(OWN, remark);
            }
            Optional<String> stranger = PostgresqlLook.stranger(connection, OWN);
            if (stranger.isPresent()) {
                throw refused(("%s, and so does schema %s (%s): name one that is empty, or does not exist yet, by"
                                + " currentSchema in store.url")
                        .formatted(strangers, OWN, stranger.get()));
            }
            return empty(OWN, remark);
        }

        private SchemaChoice existing(String schema) throws SQLException {
            requireRights(schema, false);
            Optional<String> missing = PostgresqlLook.missingOnTables(connection, schema);
            if (missing.isPresent()) {
                throw refused(
                        "the role %s has no right %s of schema %s: grant select, insert, update, delete on all tables in schema %s to %s"
                                .formatted(
                                        look.role(),
                                        missing.get(),
                                        schema,
                                        PostgresqlLook.quoted(schema),
                                        PostgresqlLook.quoted(look.role())));
            }
            return new SchemaChoice(schema, Optional.empty());
        }

        private SchemaChoice empty(String schema, Optional<String> remark) throws SQLException {
            requireRights(schema, true);
            return new SchemaChoice(schema, remark);
        }

        private SchemaChoice toBeCreated(String schema, Optional<String> remark) {
            if (!look.createsSchemas()) {
                throw refused(
                        ("schema %s does not exist, and the role %s has no right CREATE on the database to make it: create"
                                        + " schema %s authorization %s")
                                .formatted(
                                        schema,
                                        look.role(),
                                        PostgresqlLook.quoted(schema),
                                        PostgresqlLook.quoted(look.role())));
            }
            return new SchemaChoice(schema, remark);
        }

        private void requireRights(String schema, boolean creates) throws SQLException {
            Optional<String> missing = PostgresqlLook.missingInSchema(connection, schema, creates);
            if (missing.isPresent()) {
                throw refused("the role %s has no right %s on schema %s: grant %s on schema %s to %s"
                        .formatted(
                                look.role(),
                                missing.get(),
                                schema,
                                creates ? "usage, create" : "usage",
                                PostgresqlLook.quoted(schema),
                                PostgresqlLook.quoted(look.role())));
            }
        }

        private DatabaseException refused(String why) {
            return new DatabaseException("Store %s cannot be used: %s".formatted(shownUrl, why), null);
        }
    }
}
