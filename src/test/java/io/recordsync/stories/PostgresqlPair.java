package io.recordsync.stories;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * A PostgreSQL primary with an asynchronous standby, of Debian's package {@code postgresql-15}, on loopback.
 *
 * <p>The server does not run as root: where the tests do, it runs as {@code postgres}.
 */
final class PostgresqlPair implements AutoCloseable {

    private static final Path BIN = Path.of("/usr/lib/postgresql/15/bin");

    private final Path folder;
    private final int primaryPort = freePort();
    private final int standbyPort = freePort();

    private PostgresqlPair(Path folder) throws IOException {
        this.folder = folder;
    }

    /** Both of them, the standby streaming. */
    static PostgresqlPair start() throws Exception {
        Programs.require(BIN.resolve("pg_basebackup"));
        Path folder = Files.createTempDirectory(Path.of("/tmp"), "pair-");
        PostgresqlPair pair = new PostgresqlPair(folder);
        try {
            pair.startBoth();
        } catch (Exception | AssertionError e) {
            pair.close();
            throw e;
        }
        return pair;
    }

    private void startBoth() throws Exception {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        if (root()) {
            run("chown", "postgres", folder.toString());
        }
        server("initdb", "-D", data("primary"), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync");
        begin("primary", primaryPort);
        server(
                "pg_basebackup",
                "-h",
                "127.0.0.1",
                "-p",
                Integer.toString(primaryPort),
                "-U",
                "postgres",
                "-D",
                data("standby"),
                "-R",
                "-c",
                "fast",
                "--no-sync");
        begin("standby", standbyPort);
        awaitCaughtUp();
    }

    private void begin(String name, int port) throws Exception {
        server(
                "pg_ctl",
                "-D",
                data(name),
                "-l",
                folder.resolve(name + ".log").toString(),
                "-w",
                "-o",
                "-p " + port + " -c listen_addresses=127.0.0.1 -c unix_socket_directories=" + folder + " -c fsync=off",
                "start");
    }

    /** Leads to the one that is the primary. */
    String url() {
        return "jdbc:postgresql://127.0.0.1:" + primaryPort + ",127.0.0.1:" + standbyPort
                + "/postgres?user=postgres&targetServerType=primary";
    }

    /** What was committed so far is on the standby as well. */
    void awaitCaughtUp() {
        String start = position();
        Awaitility.await("the standby has all of it")
                .atMost(Duration.ofSeconds(30))
                .ignoreExceptions()
                .until(() -> ask("select count(*) from pg_stat_replication where replay_lsn >= '" + start + "'")
                        .equals("1"));
    }

    private String position() {
        return Awaitility.await().ignoreExceptions().until(() -> ask("select pg_current_wal_lsn()"), lsn -> true);
    }

    /** From now on the standby gets nothing any more. A replay that is only paused would lose nothing. */
    void lag() throws Exception {
        run("kill", "-STOP", ask("select pid from pg_stat_replication"));
    }

    /** Every process of the primary dies, and the standby takes its place. */
    void failOver() throws Exception {
        long postmaster = Long.parseLong(
                Files.readAllLines(folder.resolve("primary/postmaster.pid")).get(0));
        List<ProcessHandle> processes = new ArrayList<>();
        ProcessHandle.of(postmaster).ifPresent(process -> {
            processes.add(process);
            process.descendants().forEach(processes::add);
        });
        processes.forEach(ProcessHandle::destroyForcibly);
        for (ProcessHandle process : processes) {
            process.onExit().get(10, TimeUnit.SECONDS);
        }
        server("pg_ctl", "-D", data("standby"), "-w", "promote");
    }

    private String ask(String query) throws SQLException {
        try (Connection connection = DriverManager.getConnection(
                        "jdbc:postgresql://127.0.0.1:" + primaryPort + "/postgres?user=postgres");
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getString(1);
        }
    }

    private String data(String name) {
        return folder.resolve(name).toString();
    }

    private static boolean root() {
        return "root".equals(System.getProperty("user.name"));
    }

    private void server(String program, String... arguments) throws Exception {
        List<String> command = new ArrayList<>();
        if (root()) {
            command.addAll(List.of("runuser", "-u", "postgres", "--"));
        }
        command.add(BIN.resolve(program).toString());
        command.addAll(List.of(arguments));
        run(command.toArray(String[]::new));
    }

    private void run(String... command) throws Exception {
        Path output = Files.createTempFile("pair-", ".out");
        try {
            Process process = new ProcessBuilder(command)
                    .directory(Path.of("/").toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IOException(String.join(" ", command) + ": " + Files.readString(output));
            }
        } finally {
            Files.delete(output);
        }
    }

    @Override
    public void close() throws IOException {
        for (String name : List.of("primary", "standby")) {
            if (Files.exists(folder.resolve(name).resolve("postmaster.pid"))) {
                try {
                    server("pg_ctl", "-D", data(name), "-m", "immediate", "-w", "stop");
                } catch (Exception e) {
                    // It was killed.
                }
            }
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted((one, other) -> other.compareTo(one)).toList()) {
                Files.delete(file);
            }
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
