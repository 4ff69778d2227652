package io.recordsync.faults;

import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import io.recordsync.stock.StockRoute;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The stock route, with Camel's defaults on the same scale. */
final class Stock extends Subject {

    private final World world;
    private final int port;
    private final Path log;
    private Process process;

    Stock(World world) throws IOException {
        this.world = world;
        Files.createDirectories(Path.of("target/faults"));
        log = Files.createTempFile(Path.of("target/faults"), "stock-", ".log");
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
    }

    @Override
    void start() throws Exception {
        int streams = world.salesforce.recording().subscribes().size();
        launch();
        world.salesforce.recording().awaitSubscription(streams + 1);
    }

    @Override
    void launch() throws IOException {
        process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        setting("port", Integer.toString(port)),
                        setting("login-url", world.salesforce.loginUrl()),
                        setting("salesforce-client-id", SalesforceSimulator.CLIENT_ID),
                        setting("salesforce-client-secret", SalesforceSimulator.CLIENT_SECRET),
                        setting("pubsub-host", world.salesforce.pubsubHost()),
                        setting("pubsub-port", Integer.toString(world.salesforce.pubsubPort())),
                        setting("backoff", Scale.millis(Duration.ofSeconds(1))),
                        setting("backoff-max", Scale.millis(Duration.ofSeconds(30))),
                        setting("api-url", world.talkdesk.url()),
                        setting("record-list", World.LIST),
                        setting("timeout", Scale.millis(Duration.ofSeconds(30))),
                        setting("linger", Scale.millis(Duration.ofSeconds(1))),
                        setting("token-url", world.talkdesk.tokenUrl()),
                        setting("talkdesk-client-id", TalkdeskSimulator.CLIENT_ID),
                        setting("talkdesk-client-secret", TalkdeskSimulator.CLIENT_SECRET),
                        "-cp",
                        "target/test-classes:target/lib/*:target/stock-lib/*",
                        StockRoute.class.getName()))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
    }

    private static String setting(String key, String value) {
        return "-Dstock." + key + "=" + value;
    }

    @Override
    ProcessHandle handle() {
        return process.toHandle();
    }

    @Override
    int port() {
        return port;
    }

    @Override
    String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            return "";
        }
    }

    @Override
    public void close() {
        if (process != null) {
            process.destroyForcibly();
        }
    }
}
