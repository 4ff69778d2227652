package io.recordsync.faults;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** A service under a fault, as a process of its own: ours or the stock route. */
abstract class Subject implements AutoCloseable {

    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

    /** Starts it and waits until it subscribes. */
    abstract void start() throws Exception;

    /** Starts it and waits for nothing but its process. */
    abstract void launch() throws Exception;

    abstract ProcessHandle handle();

    abstract int port();

    abstract String log();

    @Override
    public abstract void close();

    final void kill() throws Exception {
        handle().destroyForcibly();
        handle().onExit().get();
    }

    final void terminate() throws Exception {
        handle().destroy();
        handle().onExit().get();
    }

    /** A signal such as STOP. */
    final void signal(String name) throws Exception {
        new ProcessBuilder("kill", "-" + name, Long.toString(handle().pid()))
                .start()
                .waitFor();
    }

    /** What {@code /observe/health} answers; its status is 200 or 503, and 0 when it does not answer. */
    final Health health() {
        try {
            HttpResponse<String> answer = HTTP.send(
                    HttpRequest.newBuilder(
                                    URI.create("http://localhost:" + port() + "/observe/health?exposureLevel=full"))
                            .timeout(Duration.ofSeconds(2))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            return new Health(answer.statusCode(), answer.body());
        } catch (IOException e) {
            return new Health(0, "");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Health(0, "");
        }
    }

    record Health(int status, String body) {}
}
