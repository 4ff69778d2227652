package io.recordsync.stories;

import java.io.IOException;
import java.net.BindException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/**
 * A Patroni cluster of Debian's packages on 127.0.0.1: PostgreSQL on the nodes {@code a} and {@code b}, a witness, and HAProxy.
 *
 * <p>A node has a folder, and consists of every process whose working folder is in it: Patroni, PostgreSQL, and their children.
 * Where the tests' process ends without closing the cluster, another process that waits for that kills all of them.
 */
final class PatroniCluster implements AutoCloseable {

    static final String USER = "app";
    static final String PASSWORD = "app-of-the-cluster";

    /** The shortest that Patroni allows: a leader that is not heard of for so long is replaced. */
    private static final int TTL_SECONDS = 20;

    private static final String SUPERUSER_PASSWORD = "superuser-of-the-cluster";

    private static final String NODE =
            """
            scope: cluster
            name: %1$s
            restapi: {listen: "127.0.0.1:%2$d", connect_address: "127.0.0.1:%2$d"}
            raft: {data_dir: "%3$s/%1$s/raft", self_addr: "127.0.0.1:%4$d", partner_addrs: ["127.0.0.1:%5$d", "127.0.0.1:%6$d"]}
            watchdog: {mode: "off"}
            bootstrap:
              dcs:
                ttl: %7$d
                loop_wait: 1
                retry_timeout: 3
                # By default a standby that is a mebibyte behind is not promoted: some 400 deletions.
                maximum_lag_on_failover: 16777216
                postgresql:
                  use_pg_rewind: true
                  parameters: {wal_log_hints: "on", max_connections: 60, fsync: "off", dynamic_shared_memory_type: mmap}
              initdb: [{encoding: UTF8}, {locale: C.UTF-8}, data-checksums, no-sync]
              pg_hba:
                - host all all 127.0.0.1/32 scram-sha-256
                - host replication replicator 127.0.0.1/32 scram-sha-256
            postgresql:
              listen: "127.0.0.1:%8$d"
              connect_address: "127.0.0.1:%8$d"
              data_dir: "%3$s/%1$s/data"
              bin_dir: "%9$s"
              pgpass: "%3$s/%1$s/pgpass"
              # Without it the standby of an empty primary waits minutes for a checkpoint.
              basebackup: [{checkpoint: fast}, no-sync]
              parameters: {unix_socket_directories: "%3$s/%1$s"}
              authentication:
                superuser: {username: postgres, password: "%10$s"}
                replication: {username: replicator, password: "%10$s"}
                rewind: {username: rewinder, password: "%10$s"}
            """;

    private static final String WITNESS =
            """
            raft: {data_dir: "%1$s/witness/raft", self_addr: "127.0.0.1:%2$d", partner_addrs: ["127.0.0.1:%3$d", "127.0.0.1:%4$d"]}
            """;

    private static final String HAPROXY =
            """
            defaults
              mode tcp
              timeout connect 2s
              timeout client 1h
              timeout server 1h
            listen primary
              bind 127.0.0.1:%d
              option httpchk
              http-check send meth OPTIONS uri /primary
              http-check expect status 200
              default-server inter 1s fastinter 500ms fall 2 rise 1 on-marked-down shutdown-sessions
              server a 127.0.0.1:%d check port %d
              server b 127.0.0.1:%d check port %d
            """;

    /** Its standard input ends with the process that holds the other end. */
    private static final String FUSE =
            """
            read _
            found=yes
            while [ "$found" ]; do
              found=
              for process in /proc/[0-9]*; do
                case "$(readlink "$process/cwd")" in "$0" | "$0"/*) found=yes; kill -KILL "${process#/proc/}" ;; esac
              done
            done
            rm -rf "$0"
            """;

    private record Node(String name, int postgresql, int rest, int raft) {}

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();

    private final Path folder;
    private final Process fuse;
    private final int haproxy = freePort();
    private final int witness = freePort();
    private final Node a = new Node("a", freePort(), freePort(), freePort());
    private final Node b = new Node("b", freePort(), freePort(), freePort());

    private PatroniCluster(Path folder) throws IOException {
        this.folder = folder;
        this.fuse = new ProcessBuilder("setsid", "sh", "-c", FUSE, folder.toString())
                .directory(Path.of("/").toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** All of it: a leader, and a standby that streams. */
    static PatroniCluster start() throws Exception {
        // The last one comes with the library that lets Patroni agree without any other service.
        for (String program : List.of("patroni", "patroni_raft_controller", "haproxy", "syncobj_admin")) {
            Programs.require(program);
        }
        PatroniCluster cluster = new PatroniCluster(DebianPostgres.newFolder());
        try {
            cluster.startAll();
            return cluster;
        } catch (Exception | AssertionError e) {
            e.addSuppressed(new IllegalStateException(cluster.logs()));
            cluster.close();
            throw e;
        }
    }

    private void startAll() throws Exception {
        write("a", node(a, b));
        write("b", node(b, a));
        write("witness", WITNESS.formatted(folder, witness, a.raft, b.raft));
        write("haproxy", HAPROXY.formatted(haproxy, a.postgresql, a.rest, b.postgresql, b.rest));
        DebianPostgres.own(folder);
        run("witness", "patroni_raft_controller", configuration("witness"));
        run("a", "patroni", configuration("a"));
        run("b", "patroni", configuration("b"));
        awaitWhole();
        execute("create role " + USER + " login password '" + PASSWORD + "'");
        run("haproxy", "haproxy", "-db", "-f", configuration("haproxy"));
    }

    private String node(Node node, Node partner) throws IOException {
        return NODE.formatted(
                node.name,
                node.rest,
                folder,
                node.raft,
                partner.raft,
                witness,
                TTL_SECONDS,
                node.postgresql,
                DebianPostgres.programs(),
                SUPERUSER_PASSWORD);
    }

    // ---- what the service sees

    /** A new database, empty, which its user owns; both nodes have it. */
    void create(String database) throws SQLException {
        execute("create database " + database + " owner " + USER);
    }

    /** Names both nodes. */
    String url(String database) {
        return "jdbc:postgresql://127.0.0.1:%d,127.0.0.1:%d/%s?targetServerType=primary"
                .formatted(a.postgresql, b.postgresql, database);
    }

    String urlThroughHaproxy(String database) {
        return "jdbc:postgresql://127.0.0.1:%d/%s?targetServerType=primary".formatted(haproxy, database);
    }

    // ---- acts

    /** The name of the node that leads by the word of its Patroni. */
    String leader() {
        return leading().map(Node::name).orElseThrow(() -> new IllegalStateException("No node leads"));
    }

    /** Planned; returns when the other node leads. */
    String switchover() throws Exception {
        Node from = node(leader());
        Node to = from == a ? b : a;
        String order = "{\"leader\": \"%s\", \"candidate\": \"%s\"}".formatted(from.name, to.name);
        HttpResponse<String> answer = http.send(
                HttpRequest.newBuilder(uri(from, "switchover"))
                        .timeout(Duration.ofMinutes(1))
                        .POST(HttpRequest.BodyPublishers.ofString(order))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IllegalStateException("No switchover: " + answer.statusCode() + " " + answer.body());
        }
        return awaitLeaderOtherThan(from.name);
    }

    /** From now on the standby gets nothing any more. A replay that is only paused would lose nothing. */
    void lag() throws Exception {
        signal(
                "STOP",
                List.of(ProcessHandle.of(Long.parseLong(ask("select pid from pg_stat_replication")))
                        .orElseThrow()));
    }

    /** The node dies, as by a power cut. */
    void kill(String node) {
        patience().until(() -> {
            List<ProcessHandle> left = processes(folder.resolve(node));
            left.forEach(ProcessHandle::destroyForcibly);
            return left.isEmpty();
        });
    }

    /** Everything of the node stands still, and its connections stay open. */
    void freeze(String node) throws Exception {
        signal("STOP", processes(folder.resolve(node)));
    }

    /** The node's PostgreSQL goes on. */
    void freezePatroni(String node) throws Exception {
        signal("STOP", patroni(node));
    }

    /** It goes on where it was; returns when it is a standby that streams. */
    void thaw(String node) throws Exception {
        signal("CONT", processes(folder.resolve(node)));
        awaitWhole();
    }

    /** It is switched on again; returns when it is a standby that streams. */
    void rejoin(String node) throws Exception {
        run(node, "patroni", configuration(node));
        awaitWhole();
    }

    /** Whatever stands still or is dead runs again. */
    void heal() throws Exception {
        for (Node node : List.of(a, b)) {
            signal("CONT", processes(folder.resolve(node.name)));
            if (patroni(node.name).isEmpty()) {
                run(node.name, "patroni", configuration(node.name));
            }
        }
        awaitWhole();
    }

    /** @return its name */
    String awaitLeaderOtherThan(String before) {
        return patience().until(() -> leading().map(Node::name).orElse(before), name -> !name.equals(before));
    }

    private void awaitWhole() {
        patience().until(() -> ask("select count(*) from pg_stat_replication where state = 'streaming'")
                .equals("1"));
    }

    private static ConditionFactory patience() {
        return Awaitility.await("the cluster")
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(200))
                .ignoreExceptions()
                .atMost(Duration.ofSeconds(90));
    }

    // ---- how

    private Optional<Node> leading() {
        return Stream.of(a, b).filter(this::isLeader).findFirst();
    }

    private boolean isLeader(Node node) {
        try {
            return http.send(
                                    HttpRequest.newBuilder(uri(node, "primary"))
                                            .timeout(Duration.ofSeconds(1))
                                            .build(),
                                    HttpResponse.BodyHandlers.discarding())
                            .statusCode()
                    == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static URI uri(Node node, String path) {
        return URI.create("http://127.0.0.1:" + node.rest + "/" + path);
    }

    private Node node(String name) {
        return name.equals("a") ? a : b;
    }

    private String ask(String sql) throws SQLException {
        return DebianPostgres.ask(leadersUrl(), SUPERUSER_PASSWORD, sql);
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(leadersUrl(), "postgres", SUPERUSER_PASSWORD);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private String leadersUrl() {
        return DebianPostgres.url(node(leader()).postgresql);
    }

    private void write(String node, String configuration) throws IOException {
        Files.createDirectory(folder.resolve(node));
        Files.writeString(Path.of(configuration(node)), configuration);
    }

    private String configuration(String node) {
        return folder.resolve(node).resolve("configuration").toString();
    }

    private void run(String node, String program, String... arguments) throws IOException {
        Path home = folder.resolve(node);
        List<String> command = Stream.concat(Stream.of(Programs.require(program).toString()), Stream.of(arguments))
                .toList();
        new ProcessBuilder(DebianPostgres.unprivileged(command.toArray(String[]::new)))
                .directory(home.toFile())
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(home.resolve("log").toFile()))
                .start();
    }

    private List<ProcessHandle> patroni(String node) {
        Path home = folder.resolve(node);
        return processes(home).stream()
                .filter(process -> workingFolder(process).equals(home))
                .toList();
    }

    private static List<ProcessHandle> processes(Path within) {
        return ProcessHandle.allProcesses()
                .filter(process -> workingFolder(process).startsWith(within))
                .toList();
    }

    private static Path workingFolder(ProcessHandle process) {
        try {
            return Files.readSymbolicLink(Path.of("/proc", Long.toString(process.pid()), "cwd"));
        } catch (IOException e) {
            return Path.of("/");
        }
    }

    private static void signal(String name, List<ProcessHandle> processes) throws IOException {
        if (!processes.isEmpty()) {
            Stream<String> pids = processes.stream().map(process -> Long.toString(process.pid()));
            new ProcessBuilder(
                            Stream.concat(Stream.of("kill", "-" + name), pids).toList())
                    .start()
                    .onExit()
                    .join();
        }
    }

    private String logs() {
        return Stream.of("witness", "a", "b", "haproxy")
                .map(node -> folder.resolve(node).resolve("log"))
                .map(log -> {
                    try {
                        return log + ":\n" + Files.readString(log);
                    } catch (IOException e) {
                        return log + ": none";
                    }
                })
                .collect(Collectors.joining("\n"));
    }

    /** PostgreSQL is let go by itself, which takes its shared memory with it; everything else is killed. */
    @Override
    public void close() throws IOException {
        List<Path> data = Stream.of(a, b)
                .map(node -> folder.resolve(node.name).resolve("data"))
                .toList();
        try {
            for (Path postgresql : data) {
                signal("CONT", processes(postgresql.getParent()));
                signal("KILL", patroni(postgresql.getParent().getFileName().toString()));
                signal("QUIT", postmaster(postgresql));
            }
            patience().until(() -> data.stream()
                    .allMatch(postgresql -> processes(postgresql).isEmpty()));
        } finally {
            fuse.getOutputStream().close();
            fuse.onExit().orTimeout(30, TimeUnit.SECONDS).join();
        }
    }

    /** None where it is not running. */
    private static List<ProcessHandle> postmaster(Path data) throws IOException {
        Path file = data.resolve("postmaster.pid");
        if (!Files.exists(file)) {
            return List.of();
        }
        long pid = Long.parseLong(Files.readAllLines(file).get(0));
        return processes(data).stream().filter(process -> process.pid() == pid).toList();
    }

    /** Below the ports that outgoing connections get. */
    private static int freePort() throws IOException {
        while (true) {
            try (ServerSocket socket =
                    new ServerSocket(ThreadLocalRandom.current().nextInt(12_000, 30_000))) {
                return socket.getLocalPort();
            } catch (BindException taken) {
                // Another one, then.
            }
        }
    }
}
