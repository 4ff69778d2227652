package io.recordsync.benchmark;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** A PostgreSQL as it is shipped: what is committed is on the disk. The embedded one would not wait for that. */
final class DurablePostgres implements AutoCloseable {

    private static final List<String> DURABLE = List.of("fsync", "synchronous_commit", "full_page_writes");

    private final EmbeddedPostgres server;
    private int databases;

    DurablePostgres() throws IOException, SQLException {
        EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                // Not in the folder for temporary files, which may be no disk.
                .setDataDirectory(
                        Files.createTempDirectory(Files.createDirectories(Processes.FOLDER.toAbsolutePath()), "pg-"));
        DURABLE.forEach(setting -> builder.setServerConfig(setting, "on"));
        server = builder.start();
        for (String setting : DURABLE) {
            if (!"on".equals(ask("show " + setting))) {
                throw new IllegalStateException(
                        setting + " is off (expected on: it is a durable store that is measured)");
            }
        }
    }

    String version() throws SQLException {
        return ask("show server_version");
    }

    /** A database that is empty. */
    String newUrl() throws SQLException {
        String name = "run" + ++databases;
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute("create database " + name);
        }
        return server.getJdbcUrl("postgres", name);
    }

    private String ask(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection(server.getJdbcUrl("postgres", "postgres"));
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
