package io.recordsync.inbox.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a role sees of its database before anything is changed in it. It reads catalogs only, which needs no right.
 *
 * @param schema where names are created that say no schema; empty when there is none
 * @param createsSchemas whether the role may create a schema
 * @param installations the schemas that hold an inbox, whether or not the role may use them
 */
record PostgresqlLook(
        String database,
        String role,
        String encoding,
        boolean readOnly,
        boolean standby,
        String schema,
        boolean createsSchemas,
        List<String> installations) {

    private static final String ROOM =
            """
            select current_database() as database, current_user as role,
                   current_setting('server_encoding') as encoding,
                   current_setting('transaction_read_only') = 'on' as read_only, pg_is_in_recovery() as standby,
                   coalesce(current_schema(), '') as schema,
                   has_database_privilege(current_database(), 'CREATE') as creates_schemas""";

    private static final String INSTALLATIONS =
            """
            select nspname from pg_namespace
            where 4 = (
              select count(*) from pg_class
              where relnamespace = pg_namespace.oid
                and relname in ('flyway_schema_history', 'deletion', 'record_list', 'stream_position'))
            order by nspname""";

    static PostgresqlLook at(Connection connection) throws SQLException {
        List<String> installations = texts(connection, INSTALLATIONS);
        try (PreparedStatement statement = connection.prepareStatement(ROOM);
                ResultSet row = statement.executeQuery()) {
            row.next();
            return new PostgresqlLook(
                    row.getString("database"),
                    row.getString("role"),
                    row.getString("encoding"),
                    row.getBoolean("read_only"),
                    row.getBoolean("standby"),
                    row.getString("schema"),
                    row.getBoolean("creates_schemas"),
                    installations);
        }
    }

    private static final String EXISTS = "select nspname from pg_namespace where nspname = ?";

    static boolean exists(Connection connection, String schema) throws SQLException {
        return !texts(connection, EXISTS, schema).isEmpty();
    }

    /** As Flyway looks whether a schema is empty; its own table is no stranger while it has no row but the one of the schema. */
    private static final String CONTENT =
            """
            select what from (
              select 1 as place, case relkind when 'v' then 'view ' when 'S' then 'sequence ' else 'table ' end || relname as what, oid
              from pg_class
              where relnamespace = cast(cast(? as text) as regnamespace) and relkind in ('r', 'p', 'v', 'm', 'f', 'S')
              union all
              select 2, 'function ' || proname, oid from pg_proc where pronamespace = cast(cast(? as text) as regnamespace)
              union all
              select 3, 'type ' || typname, oid from pg_type
              where typnamespace = cast(cast(? as text) as regnamespace) and typcategory not in ('A', 'C')) content
            where not exists (select 1 from pg_depend where objid = content.oid and deptype in ('e', 'i'))
            order by place, what""";

    private static final String HISTORY = "table flyway_schema_history";

    /** Something in a schema that is not the service's, in words; empty where there is nothing. */
    static Optional<String> stranger(Connection connection, String schema) throws SQLException {
        String quoted = quoted(schema);
        List<String> content = new ArrayList<>(texts(connection, CONTENT, quoted, quoted, quoted));
        if (content.contains(HISTORY) && isFresh(connection, schema)) {
            content.remove(HISTORY);
        }
        return content.stream().findFirst();
    }

    /** A first start that was ended half way leaves the table, and a row for the schema if that was created. */
    private static boolean isFresh(Connection connection, String schema) throws SQLException {
        String table = quoted(schema) + ".flyway_schema_history";
        return texts(
                                        connection,
                                        "select relname from pg_class where oid = cast(? as regclass) and has_table_privilege(oid, 'SELECT')",
                                        table)
                                .size()
                        == 1
                && texts(connection, "select script from " + table + " where version is not null")
                        .isEmpty();
    }

    private static final String MISSING_IN_SCHEMA =
            """
            select privilege from unnest(array['USAGE', 'CREATE']) privilege
            where (privilege = 'USAGE' or ?) and not has_schema_privilege(cast(cast(? as text) as regnamespace), privilege)""";

    private static final String MISSING_ON_TABLES =
            """
            select privilege || ' on table ' || relname
            from pg_class cross join unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE']) privilege
            where relnamespace = cast(cast(? as text) as regnamespace) and relkind in ('r', 'p')
              and relname in (
                'alert', 'alert_turn', 'attempt', 'callback', 'callback_run', 'catching_up', 'claim', 'clock', 'deletion',
                'deletion_commit', 'deletion_doubt', 'deletion_person', 'deletion_row', 'doubt', 'entered', 'entering',
                'guard', 'guard_arrival', 'held', 'history', 'lane', 'list_look_up', 'look', 'merged', 'pause', 'person_order',
                'pinned_org', 'presence_find', 'problem', 'record_list', 'restoration', 'session', 'settled', 'sight',
                'store_start', 'stream_position', 'sweep', 'swept')
              and not has_table_privilege(pg_class.oid, privilege)
            order by relname, privilege""";

    private static final String OWNERS_OF_OTHERS =
            """
            select distinct pg_get_userbyid(relowner) from pg_class
            where relnamespace = cast(cast(? as text) as regnamespace) and relkind in ('r', 'p')
              and relname in ('deletion', 'deletion_row')
              and not pg_has_role(relowner, 'USAGE')""";

    /** Which right the role lacks in a schema: to work in it, and to create tables there where it says so. */
    static Optional<String> missingInSchema(Connection connection, String schema, boolean creates) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(MISSING_IN_SCHEMA)) {
            statement.setBoolean(1, creates);
            statement.setString(2, quoted(schema));
            return texts(statement).stream().findFirst();
        }
    }

    /** Which right it lacks on the tables of an inbox that exists. */
    static Optional<String> missingOnTables(Connection connection, String schema) throws SQLException {
        return texts(connection, MISSING_ON_TABLES, quoted(schema)).stream().findFirst();
    }

    /** Who owns the tables of an inbox, where that is nobody whom the role may act as. */
    static Optional<String> foreignOwner(Connection connection, String schema) throws SQLException {
        return texts(connection, OWNERS_OF_OTHERS, quoted(schema)).stream().findFirst();
    }

    static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    private static List<String> texts(Connection connection, String sql, String... parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setString(i + 1, parameters[i]);
            }
            return texts(statement);
        }
    }

    private static List<String> texts(PreparedStatement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery()) {
            List<String> texts = new ArrayList<>();
            while (row.next()) {
                texts.add(row.getString(1));
            }
            return texts;
        }
    }
}
