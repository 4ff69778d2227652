package io.recordsync.stories;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** Debian's PgBouncer before a PostgreSQL, as it is shipped but for what is given. */
final class PgBouncer implements AutoCloseable {

    private final int port = ThreadLocalRandom.current().nextInt(12_000, 30_000);
    private final Process process;

    /** @param settings lines of its configuration: {@code pool_mode = transaction} */
    PgBouncer(DebianPostgres postgres, String settings) throws Exception {
        String program = Programs.require("pgbouncer").toString();
        Path folder = DebianPostgres.newFolder();
        Path users = Files.writeString(folder.resolve("users"), "\"postgres\" \"\"\n");
        Path file = Files.writeString(
                folder.resolve("pgbouncer.ini"),
                """
                [databases]
                * = host=127.0.0.1 port=%d
                [pgbouncer]
                listen_addr = 127.0.0.1
                listen_port = %d
                unix_socket_dir =
                auth_type = trust
                auth_file = %s
                logfile = %s
                %s
                """
                        .formatted(postgres.port(), port, users, folder.resolve("log"), settings));
        process = new ProcessBuilder(DebianPostgres.unprivileged(program, file.toString()))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        Awaitility.await("PgBouncer listens").atMost(Duration.ofSeconds(10)).until(this::listens);
    }

    String url() {
        return DebianPostgres.url(port);
    }

    private boolean listens() {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
        process.onExit().orTimeout(10, TimeUnit.SECONDS).join();
    }
}
