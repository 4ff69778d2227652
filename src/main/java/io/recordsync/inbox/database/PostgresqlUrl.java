package io.recordsync.inbox.database;

import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

/**
 * A {@code jdbc:postgresql:} URL as the service reads it.
 *
 * <p>{@code currentSchema} is taken out of it: a pooler refuses it at the login, and every transaction names the schema anyway.
 *
 * @param url for the driver
 * @param schema the first that {@code currentSchema} names
 * @param hosts how many it names; the driver tries one after the other
 * @param prepares whether the driver leaves prepared statements at the server, which a pooler in transaction mode loses
 */
record PostgresqlUrl(String url, Optional<String> schema, int hosts, boolean prepares) {

    private static final String SCHEMA = "currentSchema";

    static PostgresqlUrl parse(String url) {
        // Null for what the driver cannot read: it says so itself when it is asked to connect.
        Properties read = Driver.parseURL(url, new Properties());
        if (read == null) {
            return new PostgresqlUrl(url, Optional.empty(), 1, true);
        }
        Optional<String> schema = Optional.ofNullable(PGProperty.CURRENT_SCHEMA.getOrDefault(read))
                .map(PostgresqlUrl::first)
                .filter(name -> !name.isEmpty());
        boolean prepares = !"0".equals(PGProperty.PREPARE_THRESHOLD.getOrDefault(read))
                && !"simple".equals(PGProperty.PREFER_QUERY_MODE.getOrDefault(read));
        int hosts = String.valueOf(PGProperty.PG_HOST.getOrDefault(read)).split(",").length;
        return new PostgresqlUrl(withoutSchema(url), schema, hosts, prepares);
    }

    /** As the server reads a name of its search path. */
    private static String first(String searchPath) {
        String name = searchPath.split(",")[0].strip();
        return name.length() > 1 && name.startsWith("\"") && name.endsWith("\"")
                ? name.substring(1, name.length() - 1).replace("\"\"", "\"")
                : name.toLowerCase(Locale.ROOT);
    }

    private static String withoutSchema(String url) {
        return url.replaceAll("([?&])" + SCHEMA + "=[^&]*(&|$)", "$1").replaceFirst("[?&]$", "");
    }
}
