package io.recordsync.stories;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;

/**
 * A company's proxy: Debian's tinyproxy on 127.0.0.1, which wants a password and lets CONNECT through to some ports only.
 */
final class Tinyproxy implements AutoCloseable {

    static final String USER = "recordsync";

    private final Path folder;
    private final int[] ports;
    private final int port = freePort();
    private final Path log;
    private Process process;

    /** @param ports that CONNECT leads to */
    Tinyproxy(Path folder, int... ports) throws IOException {
        this.folder = folder;
        this.ports = ports;
        log = folder.resolve("tinyproxy.log");
    }

    void start(String password) throws IOException {
        StringBuilder configuration = new StringBuilder(
                """
                Port %d
                Listen 127.0.0.1
                Allow 127.0.0.1
                Timeout 600
                LogFile "%s"
                LogLevel Connect
                BasicAuth %s %s
                """
                        .formatted(port, log, USER, password));
        for (int allowed : ports) {
            configuration.append("ConnectPort ").append(allowed).append('\n');
        }
        Path file = Files.writeString(folder.resolve("tinyproxy.conf"), configuration);
        process = new ProcessBuilder(Programs.require("tinyproxy").toString(), "-d", "-c", file.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("tinyproxy.out").toFile())
                .start();
        Awaitility.await("tinyproxy listens").atMost(Duration.ofSeconds(10)).until(this::listens);
    }

    int port() {
        return port;
    }

    /** How many tunnels it has dug, since the first start. */
    int tunnels() throws IOException {
        return (int) Files.readString(log)
                .lines()
                .filter(line -> line.contains("Established connection to host"))
                .count();
    }

    /** How many requests it was sent, whatever became of them, since the first start. */
    int requests() throws IOException {
        return (int) Files.readString(log)
                .lines()
                .filter(line -> line.contains("Request (file descriptor"))
                .count();
    }

    /** Ends it, and every tunnel. */
    @Override
    public void close() {
        if (process != null) {
            process.destroyForcibly().onExit().join();
        }
    }

    private boolean listens() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
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
