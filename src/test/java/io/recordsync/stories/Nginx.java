package io.recordsync.stories;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;

/** A gateway: Debian's nginx on a port of 127.0.0.1. */
final class Nginx implements AutoCloseable {

    private final Path folder;
    private final int port = freePort();
    private Process process;

    Nginx(Path folder) throws IOException {
        Programs.require("nginx");
        this.folder = Files.createDirectories(folder);
    }

    /** @param server what stands in its server block behind listen */
    void start(String protocol, String server) throws IOException {
        Path file = Files.writeString(
                folder.resolve("nginx.conf"),
                """
                daemon off;
                master_process off;
                user root;
                pid %1$s/nginx.pid;
                error_log %1$s/error.log;
                events { }
                http {
                  access_log off;
                  client_body_temp_path %1$s/body; proxy_temp_path %1$s/proxy; fastcgi_temp_path %1$s/fastcgi;
                  uwsgi_temp_path %1$s/uwsgi; scgi_temp_path %1$s/scgi;
                  server {
                    listen 127.0.0.1:%2$d %3$s;
                    %4$s
                  }
                }
                """
                        .formatted(folder, port, protocol, server));
        process = new ProcessBuilder(
                        Programs.require("nginx").toString(),
                        "-p",
                        folder.toString(),
                        "-e",
                        folder.resolve("error.log").toString(),
                        "-c",
                        file.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("nginx.out").toFile())
                .start();
        Awaitility.await("nginx listens").atMost(Duration.ofSeconds(10)).until(this::listens);
    }

    int port() {
        return port;
    }

    @Override
    public void close() {
        if (process != null) {
            process.destroyForcibly().onExit().join();
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
