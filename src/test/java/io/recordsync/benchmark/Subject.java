package io.recordsync.benchmark;

import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import io.recordsync.stock.StockRoute;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A process that is measured: the packaged service, the stock route or the raw client. */
final class Subject implements AutoCloseable {

    /** The service's, as its script gives it; the others get the same, and else what a JVM does by default: it suits them best. */
    private static List<String> heapOptions = List.of();

    private final Simulators simulators;
    private final Instant started;
    private final Process process;
    private final long subscriptionsBefore;
    private final boolean ours;
    private volatile boolean ending;

    private Subject(Simulators simulators, ProcessBuilder command, String name) throws IOException {
        this.simulators = simulators;
        ours = name.equals("service");
        subscriptionsBefore = simulators.numbers("subscriptions")[0];
        command.redirectErrorStream(true).redirectOutput(Processes.log(name).toFile());
        started = Instant.now();
        process = command.start();
        process.onExit().thenRun(() -> {
            if (!ending) {
                System.err.println("The " + name + " ended by itself; see target/benchmark/" + name + "-*.log");
                // A caller that waits for its work would wait for minutes.
                simulators.close();
            }
        });
    }

    /** Starts one; the folder is its own. */
    interface Starter {
        Subject start(Simulators simulators, Path folder) throws Exception;
    }

    /** The packaged service, by its script, on a SQLite file in its folder; the pairs go before what is set here. */
    static Starter ours(String... keysAndValues) {
        return of(Build.OURS, Subject::byScript, keysAndValues);
    }

    /** Likewise, of the build that it is compared with. */
    static Starter baseline(String... keysAndValues) {
        return of(Build.BASELINE, Subject::byScript, keysAndValues);
    }

    /** Ours by {@code java -jar}: without an archive of the classes, and with a JVM as it is by default. */
    static Starter jar() {
        return of(Build.OURS, Subject::byJar);
    }

    static Starter baselineJar() {
        return of(Build.BASELINE, Subject::byJar);
    }

    private interface Command {
        ProcessBuilder in(Path home) throws IOException;
    }

    private static ProcessBuilder byScript(Path home) {
        return new ProcessBuilder(home.resolve("bin/salesforce-talkdesk-sync").toString());
    }

    private static ProcessBuilder byJar(Path home) throws IOException {
        Path jar = home.resolve("salesforce-talkdesk-sync.jar");
        // Its manifest names the others relative to this folder.
        Files.copy(home.resolve("lib/salesforce-talkdesk-sync.jar"), jar, StandardCopyOption.REPLACE_EXISTING);
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-jar", jar.toString())
                .directory(home.toFile());
    }

    private static Starter of(Build build, Command command, String... keysAndValues) {
        return (simulators, folder) -> {
            Map<String, String> configuration = new LinkedHashMap<>();
            configuration.put("salesforce.login-url", simulators.loginUrl);
            configuration.put("salesforce.client-id", SalesforceSimulator.CLIENT_ID);
            configuration.put("salesforce.client-secret", SalesforceSimulator.CLIENT_SECRET);
            configuration.put("salesforce.pubsub.host", "127.0.0.1");
            configuration.put("salesforce.pubsub.port", simulators.pubsubPort);
            configuration.put("salesforce.pubsub.plaintext", "true");
            configuration.put("talkdesk.api-url", simulators.talkdeskUrl);
            configuration.put("talkdesk.token-url", simulators.talkdeskUrl + "/oauth/token");
            configuration.put("talkdesk.client-id", TalkdeskSimulator.CLIENT_ID);
            configuration.put("talkdesk.client-secret", TalkdeskSimulator.CLIENT_SECRET);
            configuration.put("talkdesk.record-lists", simulators.recordLists);
            configuration.put("delivery.rate", "0");
            configuration.put("delivery.concurrency", "8");
            configuration.put("guard.max-deletions", "0");
            configuration.put("doctor.at-start", "false");
            configuration.put("ops.port", "0");
            configuration.put("store.url", url(folder));
            for (int i = 0; i < keysAndValues.length; i += 2) {
                configuration.put(keysAndValues[i], keysAndValues[i + 1]);
            }
            return service(build, command, simulators, configuration);
        };
    }

    private static Subject service(
            Build build, Command command, Simulators simulators, Map<String, String> configuration)
            throws IOException, InterruptedException {
        Path home = build.home(fresh -> {
            Path folder = Contest.newFolder();
            Map<String, String> its = new LinkedHashMap<>(configuration);
            its.put("store.url", url(folder));
            try (Subject first = started(byScript(fresh), build.name(), simulators, its)) {
                double millis = first.awaitMillisToSubscription();
                first.stop();
                return millis;
            } finally {
                Contest.delete(folder);
            }
        });
        return started(command.in(home), build.name(), simulators, configuration);
    }

    private static Subject started(
            ProcessBuilder command, String name, Simulators simulators, Map<String, String> configuration)
            throws IOException {
        command.environment().put("JAVA_HOME", System.getProperty("java.home"));
        configuration.forEach((key, value) -> command.environment()
                .put(key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_'), value));
        return new Subject(simulators, command, name);
    }

    /** Of the first service that was started, in milliseconds to its subscription. */
    static double firstStart() {
        return Build.OURS.firstStart();
    }

    /** The SQLite file of a service in this folder. */
    static String url(Path folder) {
        return "jdbc:sqlite:" + folder.resolve("recordsync.db").toAbsolutePath();
    }

    static Starter stock() {
        return (simulators, folder) -> {
            List<String> options = new ArrayList<>(heapOptions);
            Map.ofEntries(
                            Map.entry("port", Integer.toString(freePort())),
                            Map.entry("login-url", simulators.loginUrl),
                            Map.entry("salesforce-client-id", SalesforceSimulator.CLIENT_ID),
                            Map.entry("salesforce-client-secret", SalesforceSimulator.CLIENT_SECRET),
                            Map.entry("pubsub-host", "127.0.0.1"),
                            Map.entry("pubsub-port", simulators.pubsubPort),
                            Map.entry("backoff", "1000"),
                            Map.entry("backoff-max", "30000"),
                            Map.entry("api-url", simulators.talkdeskUrl),
                            Map.entry("record-list", simulators.recordLists),
                            Map.entry("timeout", "30000"),
                            Map.entry("linger", "1000"),
                            Map.entry("token-url", simulators.talkdeskUrl + "/oauth/token"),
                            Map.entry("talkdesk-client-id", TalkdeskSimulator.CLIENT_ID),
                            Map.entry("talkdesk-client-secret", TalkdeskSimulator.CLIENT_SECRET))
                    .forEach((key, value) -> options.add("-Dstock." + key + "=" + value));
            return new Subject(
                    simulators,
                    new ProcessBuilder(Processes.java(options, StockRoute.class, List.of())),
                    "stock-route");
        };
    }

    static Starter raw() {
        return (simulators, folder) -> new Subject(
                simulators,
                new ProcessBuilder(Processes.java(
                        heapOptions,
                        RawClient.class,
                        List.of(
                                simulators.loginUrl,
                                simulators.pubsubPort,
                                simulators.talkdeskUrl,
                                simulators.recordLists))),
                "raw-client");
    }

    /** What the service's script says of the heap. */
    static String heap() {
        return heapOptions.isEmpty() ? "a heap as the JVM sizes it by default" : String.join(" ", heapOptions);
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    Instant started() {
        return started;
    }

    /** @return when Salesforce saw it, in epoch microseconds */
    long awaitSubscribed() throws IOException {
        long at = simulators.numbers("await-subscribed", subscriptionsBefore + 1)[0];
        if (ours) {
            List<String> given = Processes.heapOptions(handle());
            heapOptions = given.isEmpty() ? heapOptions : given;
        }
        return at;
    }

    double awaitMillisToSubscription() throws IOException {
        return (awaitSubscribed() - SimulatorProcess.micros(started)) / 1000.0;
    }

    /** In order: what it has written is in one file then. */
    void stop() throws InterruptedException {
        ending = true;
        process.destroy();
        process.waitFor(1, TimeUnit.MINUTES);
    }

    /** SIGKILL. */
    void kill() throws InterruptedException {
        ending = true;
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() {
        ending = true;
        process.destroyForcibly();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
