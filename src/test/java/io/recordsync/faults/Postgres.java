package io.recordsync.faults;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.stream.Stream;

/** A PostgreSQL that can be stopped, and started again on its data and its port. */
final class Postgres implements AutoCloseable {

    private Path data;
    private Path copy;
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

    /** Keeps what is in it now, as a standby does that gets nothing any more. */
    void copy() throws IOException {
        stop();
        copy = Files.createTempDirectory("faults-postgres-standby");
        try (Stream<Path> files = Files.walk(data)) {
            for (Path file : files.filter(each -> !each.equals(data)).toList()) {
                Files.copy(file, copy.resolve(data.relativize(file)), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
        start();
    }

    /** Goes on with what was copied, on the same port. */
    void startCopy() throws IOException {
        data = copy;
        start();
    }

    String url() {
        return server.getJdbcUrl("postgres", "postgres");
    }

    @Override
    public void close() throws IOException {
        stop();
    }
}
