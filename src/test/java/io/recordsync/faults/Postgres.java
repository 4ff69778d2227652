package io.recordsync.faults;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;

/** A PostgreSQL that can be stopped, and started again on its data and its port. */
final class Postgres implements AutoCloseable {

    private Path data;
    private int port;
    private EmbeddedPostgres server;

    void start() throws IOException {
        if (data == null) {
            data = Files.createTempDirectory("faults-postgres");
            try (ServerSocket socket = new ServerSocket(0)) {
                port = socket.getLocalPort();
            }
        }
        server = EmbeddedPostgres.builder()
                .setDataDirectory(data)
                .setCleanDataDirectory(false)
                .setPort(port)
                .start();
    }

    void stop() throws IOException {
        server.close();
    }

    String url() {
        return server.getJdbcUrl("postgres", "postgres");
    }

    @Override
    public void close() throws IOException {
        stop();
    }
}
