package io.recordsync.stories;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;

/**
 * A company's proxy: Debian's squid with the configuration it is packaged with, on a port of 127.0.0.1, and some lines more.
 */
final class Squid implements AutoCloseable {

    static final String USER = "recordsync";

    private static final Path PACKAGED = Path.of("/etc/squid/squid.conf");

    /** Not the test's own: squid is another user. */
    private final Path folder;

    private final int port = freePort();
    private final Path log;
    private Process process;

    Squid() throws IOException {
        Programs.require("squid");
        folder = Files.createTempDirectory(
                "squid-", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxrwxrwx")));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
        log = folder.resolve("access.log");
    }

    /** Lets CONNECT through to these ports too, and ends connections that are silent for so long. */
    void start(Duration silence, int... ports) throws IOException {
        StringBuilder more = new StringBuilder("read_timeout " + silence.toSeconds() + " seconds\n");
        for (int allowed : ports) {
            more.append("acl SSL_ports port ").append(allowed).append('\n');
        }
        start(more.toString(), "");
    }

    /** Wants a password, and lets through to these ports. */
    void startWithPassword(String password, int... ports) throws IOException {
        Path helper = Files.writeString(
                folder.resolve("auth.sh"),
                "while read user word; do [ \"$user $word\" = \"" + USER + " " + password
                        + "\" ] && echo OK || echo ERR; done\n");
        StringBuilder more = new StringBuilder();
        for (int allowed : ports) {
            more.append("acl SSL_ports port ").append(allowed).append('\n');
        }
        start(
                more.toString(),
                "auth_param basic program /bin/sh " + helper
                        + "\nacl known proxy_auth REQUIRED\nhttp_access deny !known\n");
    }

    private void start(String more, String before) throws IOException {
        List<String> packaged = Files.readAllLines(PACKAGED);
        String kept = packaged.stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .filter(line -> !line.matches("(http_port|access_log|cache_log|pid_filename|coredump_dir|include) .*"))
                .collect(Collectors.joining("\n"));
        Path file = Files.writeString(
                folder.resolve("squid.conf"),
                before + kept + "\n" + more
                        + """
                http_port 127.0.0.1:%d
                access_log stdio:%s
                logfile_rotate 0
                cache_log /dev/null
                pid_filename none
                coredump_dir none
                cache deny all
                shutdown_lifetime 0 seconds
                visible_hostname proxy.acme.example
                """
                                .formatted(port, log));
        process = new ProcessBuilder(Programs.require("squid").toString(), "-N", "-f", file.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("squid.out").toFile())
                .start();
        Awaitility.await("squid listens: " + Files.readString(folder.resolve("squid.out")))
                .atMost(Duration.ofSeconds(20))
                .until(this::listens);
    }

    int port() {
        return port;
    }

    /** Lines of its log that contain this, since the first start. */
    long logged(String part) throws IOException {
        return Files.readAllLines(log).stream()
                .filter(line -> line.contains(part))
                .count();
    }

    /** Ends it, and every tunnel. */
    @Override
    public void close() {
        if (process != null) {
            process.destroyForcibly().onExit().join();
        }
        for (String file : List.of("access.log", "auth.sh", "squid.conf", "squid.out", "")) {
            folder.resolve(file).toFile().delete();
        }
    }

    private boolean listens() {
        try (Socket socket = new Socket(InetAddress.getByName("127.0.0.1"), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
