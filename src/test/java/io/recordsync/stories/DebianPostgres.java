package io.recordsync.stories;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A cluster of Debian's PostgreSQL on 127.0.0.1, in a folder of its own; its superuser needs no password. */
final class DebianPostgres implements AutoCloseable {

    private static final Path VERSIONS = Path.of("/usr/lib/postgresql");

    private final Path folder;
    private final Path programs;
    private final int port;

    private DebianPostgres(Path folder, Path programs) {
        this.folder = folder;
        this.programs = programs;
        this.port = ThreadLocalRandom.current().nextInt(12_000, 30_000);
    }

    /** A new and empty primary. */
    static DebianPostgres start() throws Exception {
        DebianPostgres primary = new DebianPostgres(newFolder(), programs());
        primary.run("initdb", "-D", primary.data(), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync");
        primary.startServer();
        return primary;
    }

    /** A standby of this one, which has all that was written. */
    DebianPostgres standby() throws Exception {
        DebianPostgres standby = new DebianPostgres(newFolder(), programs);
        standby.run(
                "pg_basebackup",
                "-h",
                "127.0.0.1",
                "-p",
                Integer.toString(port),
                "-U",
                "postgres",
                "-D",
                standby.data(),
                "-R",
                "--checkpoint=fast",
                "--no-sync");
        standby.startServer();
        return standby;
    }

    void promote() throws Exception {
        run("pg_ctl", "promote", "-w", "-D", data());
    }

    int port() {
        return port;
    }

    String url() {
        return url(port);
    }

    static String url(int port) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/postgres";
    }

    void execute(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url(), "postgres", "");
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** A dump that {@code pg_restore} takes, as it is made of a database in use. */
    Path dump() throws IOException {
        Path file = folder.resolve("inbox.dump");
        run(
                "pg_dump",
                "-h",
                "127.0.0.1",
                "-p",
                Integer.toString(port),
                "-U",
                "postgres",
                "-Fc",
                "-f",
                file.toString(),
                "postgres");
        return file;
    }

    /** Into a new database of this name. @return its URL */
    String restore(Path dump, String database) throws Exception {
        execute("create database " + database);
        run(
                "pg_restore",
                "-h",
                "127.0.0.1",
                "-p",
                Integer.toString(port),
                "-U",
                "postgres",
                "-d",
                database,
                "--exit-on-error",
                dump.toString());
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
    }

    String ask(String sql) throws SQLException {
        return ask(url(), "", sql);
    }

    /** As {@code postgres}, of any server. */
    static String ask(String url, String password, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url, "postgres", password);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }

    /** A command line of the user that PostgreSQL runs as; it does not run as root. */
    static List<String> unprivileged(String... command) {
        List<String> line = new ArrayList<>();
        if ("root".equals(System.getProperty("user.name"))) {
            // It becomes the program: one that stays in front of it stops itself when the program is stopped.
            line.addAll(List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--"));
        }
        line.addAll(List.of(command));
        return line;
    }

    /** A folder that this user may use. */
    static Path newFolder() throws Exception {
        Path folder = Files.createTempDirectory("postgres-story-");
        own(folder);
        return folder;
    }

    /** Makes it this user's, with all that is in it. */
    static void own(Path path) throws Exception {
        if ("root".equals(System.getProperty("user.name"))) {
            new ProcessBuilder("chown", "-R", "postgres", path.toString())
                    .start()
                    .waitFor();
        }
    }

    /** The newest that is installed. */
    static Path programs() throws IOException {
        if (Files.isDirectory(VERSIONS)) {
            try (Stream<Path> versions = Files.list(VERSIONS)) {
                Path newest = versions.map(version -> version.resolve("bin"))
                        .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
                        .max(Path::compareTo)
                        .orElse(null);
                if (newest != null) {
                    return newest;
                }
            }
        }
        return Programs.require("initdb").getParent();
    }

    private String data() {
        return folder.resolve("data").toString();
    }

    private void startServer() throws Exception {
        run(
                "pg_ctl",
                "start",
                "-w",
                "-D",
                data(),
                "-l",
                folder.resolve("log").toString(),
                "-o",
                "-p %d -k %s -c listen_addresses=127.0.0.1 -c fsync=off".formatted(port, folder));
    }

    private void run(String program, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(programs.resolve(program).toString()));
        command.addAll(List.of(arguments));
        Path out = Files.createTempFile(Files.createDirectories(Path.of("target/stories")), "postgres-", ".out");
        Process process = new ProcessBuilder(unprivileged(command.toArray(String[]::new)))
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        process.onExit()
                .orTimeout(60, TimeUnit.SECONDS)
                .exceptionally(late -> process)
                .join();
        if (process.isAlive() || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IOException(program + " failed: " + Files.readString(out));
        }
    }

    @Override
    public void close() throws IOException {
        run("pg_ctl", "stop", "-m", "immediate", "-D", data());
    }
}
