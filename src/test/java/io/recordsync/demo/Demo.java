package io.recordsync.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The main job to look at: the packaged service, as a process of its own, between a simulated Salesforce and a simulated
 * Talkdesk where contacts come and go, until Ctrl-C.
 *
 * <p>Everything it must remember is in {@code data/demo/}, so that the next run goes on where this one stopped; without
 * that folder it begins afresh. Exit code 1, with one line, where the service cannot start or ends by itself.
 */
public final class Demo {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> LISTS = List.of(
            "11111111-5f1c-4a7e-9b2f-0a1b2c3d4e5f",
            "22222222-5f1c-4a7e-9b2f-0a1b2c3d4e5f",
            "33333333-5f1c-4a7e-9b2f-0a1b2c3d4e5f");

    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss");
    private static final int CONTACTS = 500;
    private static final long TICK_MILLIS = 500;
    private static final int TICKS_TO_A_LINE = 10;
    private static final int TICKS_TO_A_FAULT = 18;
    private static final int TICKS_TO_A_CLEANUP = 31;
    private static final int TICKS_TO_A_DISASTER = 80;
    /** More than a cleanup and what comes and goes meanwhile; fewer than there are contacts. */
    private static final int GUARD = 400;

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();
    private final CountDownLatch interrupted = new CountDownLatch(1);
    private final Path project;
    private final Path folder;
    private final int port;
    private final Ledger ledger;
    private final SalesforceSimulator salesforce;
    private final TalkdeskSimulator talkdesk;
    private final World world;
    private Process service;

    private Demo(Path project, int port) throws IOException {
        this.project = project;
        this.port = port;
        folder = Files.createDirectories(project.resolve("data/demo"));
        ledger = new Ledger(folder.resolve("recordsync.db"));
        salesforce = SalesforceSimulator.builder()
                .journal(folder.resolve("salesforce.log"))
                .start();
        talkdesk = TalkdeskSimulator.start();
        talkdesk.latency(Duration.ofMillis(60));
        world = new World(salesforce, talkdesk, LISTS, folder.resolve("contacts.log"), ledger, new Random());
    }

    /** @param args the project's folder, and the port of the page */
    public static void main(String[] args) throws Exception {
        int port = Integer.parseInt(args[1]);
        try {
            new ServerSocket(port, 1, InetAddress.getLoopbackAddress()).close();
        } catch (IOException e) {
            System.err.printf(
                    "Port %d is in use, perhaps by another demo (%s); end that, or take another port:"
                            + " mvn -Pdemo -Ddemo.port=8081%n",
                    port, e.getMessage());
            System.exit(1);
        }
        System.exit(new Demo(Path.of(args[0]), port).run());
    }

    private int run() throws Exception {
        boolean again = ledger.exists();
        if (again) {
            say("Going on where the last run stopped: %s", summary(ledger.states()));
            world.delete(25);
            say("While the service was not running, 25 contacts were deleted");
        } else {
            // The service looks at its start whether it sees any.
            world.create(CONTACTS);
        }
        service = startService();
        Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "stop"));
        if (!awaitSubscribed()) {
            return ended();
        }
        say("The page: http://localhost:%d/   the service's log: %s", port, project.relativize(log()));
        say("%d contacts on %d record lists come and go. Ctrl-C ends it.", CONTACTS, LISTS.size());
        Trouble trouble = new Trouble(salesforce, talkdesk, world);
        for (int tick = 1; !interrupted.await(TICK_MILLIS, TimeUnit.MILLISECONDS); tick++) {
            if (!service.isAlive()) {
                return ended();
            }
            world.create(Math.max(2, Math.min(40, CONTACTS - world.size())));
            world.edit(1);
            world.delete(2);
            if (tick % 4 == 0) {
                world.merge();
            }
            if (tick % TICKS_TO_A_CLEANUP == 0) {
                say("Somebody cleans up: 150 contacts at once");
                world.delete(150);
            }
            if (tick == TICKS_TO_A_DISASTER) {
                disaster();
            }
            if (tick % TICKS_TO_A_FAULT == 0) {
                say(trouble.strike());
            }
            if (tick % TICKS_TO_A_LINE == 0) {
                say(progress());
            }
        }
        // Ctrl-C: the hook ends the process.
        new CountDownLatch(1).await();
        return 0;
    }

    /** Once in a run, and not where an earlier run's still waits for a decision. */
    private void disaster() throws InterruptedException {
        if (!guardTripped()) {
            say(
                    "Somebody deletes %d contacts at once: too many for the guard, which holds them from now on",
                    world.size());
            world.delete(world.size());
        }
        say(
                "Approve or reject them on http://localhost:%d/, or: curl -X POST localhost:%d/api/guard/approve"
                        + " -H 'Content-Type: application/json' -d '{\"state\": \"held\"}'   (or /reject)",
                port, port);
    }

    private boolean guardTripped() throws InterruptedException {
        try {
            return status().at("/guard/tripped").asBoolean();
        } catch (IOException notTold) {
            return false;
        }
    }

    private Process startService() throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-jar",
                        "target/salesforce-talkdesk-sync.jar")
                .directory(project.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
        Map<String, String> configuration = new HashMap<>();
        configuration.put("salesforce.login-url", salesforce.loginUrl());
        configuration.put("salesforce.client-id", SalesforceSimulator.CLIENT_ID);
        configuration.put("salesforce.client-secret", SalesforceSimulator.CLIENT_SECRET);
        configuration.put("salesforce.pubsub.host", salesforce.pubsubHost());
        configuration.put("salesforce.pubsub.port", Integer.toString(salesforce.pubsubPort()));
        configuration.put("salesforce.pubsub.plaintext", "true");
        configuration.put("talkdesk.api-url", talkdesk.url());
        configuration.put("talkdesk.token-url", talkdesk.tokenUrl());
        configuration.put("talkdesk.client-id", TalkdeskSimulator.CLIENT_ID);
        configuration.put("talkdesk.client-secret", TalkdeskSimulator.CLIENT_SECRET);
        configuration.put("talkdesk.record-lists", String.join(",", LISTS));
        configuration.put("verify.delay", "10s");
        configuration.put("guard.max-deletions", Integer.toString(GUARD));
        configuration.put("guard.window", "10s");
        configuration.put(
                "data.folder", ledger.database().resolveSibling("data").toString());
        configuration.put("store.url", "jdbc:sqlite:" + ledger.database());
        configuration.put("ops.host", "127.0.0.1");
        configuration.put("ops.port", Integer.toString(port));
        configuration.forEach((key, value) -> builder.environment()
                .put(key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_'), value));
        return builder.start();
    }

    /** @return false where the service ended instead, or the demo is to end */
    private boolean awaitSubscribed() throws InterruptedException {
        while (service.isAlive()) {
            if (interrupted.await(100, TimeUnit.MILLISECONDS)) {
                new CountDownLatch(1).await();
            }
            try {
                if ("connected".equals(status().at("/stream/state").asText())) {
                    return true;
                }
            } catch (IOException notYet) {
                // It still starts.
            }
        }
        return false;
    }

    private int ended() throws IOException {
        say("The service ended by itself with exit code %d. The last lines of %s:", service.exitValue(), log());
        List<String> lines = Files.readAllLines(log());
        lines.subList(Math.max(0, lines.size() - 10), lines.size()).forEach(System.out::println);
        return 1;
    }

    /** Runs on Ctrl-C. The simulators answer until the service has ended: its last calls are still out. */
    private void stop() {
        if (!service.isAlive() && interrupted.getCount() > 0 && service.exitValue() != 0) {
            return;
        }
        interrupted.countDown();
        service.destroy();
        try {
            if (service.waitFor(32, TimeUnit.SECONDS)) {
                say("The service ended with exit code %d: %s", service.exitValue(), summary(ledger.states()));
                say("mvn -Pdemo goes on from here; without data/demo/ it begins afresh.");
            } else {
                service.destroyForcibly();
                say("The service did not end within 32 s and was killed; see %s", log());
            }
        } catch (InterruptedException e) {
            service.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private String progress() throws InterruptedException {
        List<String> mistakes = talkdesk.mistakes();
        // What they remember of calls is for tests; here it would only grow.
        talkdesk.forgetCalls();
        if (!mistakes.isEmpty()) {
            say("Talkdesk was asked for what it does not document: %s", mistakes.get(0));
        }
        try {
            Map<String, Long> states = new HashMap<>();
            for (Map.Entry<String, JsonNode> state : status().path("deletions").properties()) {
                states.put(state.getKey(), state.getValue().asLong());
            }
            return "%s | this run: %,d calls, %.1f deletions a call"
                    .formatted(
                            summary(states),
                            talkdesk.deleteCount(),
                            talkdesk.recordsDeleted() / (double) Math.max(1, talkdesk.deleteCount()));
        } catch (IOException e) {
            return "The service did not tell how it stands: " + e;
        }
    }

    private static String summary(Map<String, Long> states) {
        return "%,d accepted, %,d deleted, %,d on their way, %,d parked, %,d held"
                .formatted(
                        states.values().stream().mapToLong(Long::longValue).sum(),
                        states.getOrDefault("deleted", 0L),
                        states.getOrDefault("pending", 0L) + states.getOrDefault("claimed", 0L),
                        states.getOrDefault("parked", 0L),
                        states.getOrDefault("held", 0L));
    }

    private JsonNode status() throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/api/status"))
                .timeout(Duration.ofSeconds(5))
                .build();
        return JSON.readTree(
                http.send(request, HttpResponse.BodyHandlers.ofString()).body());
    }

    private Path log() {
        return folder.resolve("service.log");
    }

    private static void say(String format, Object... arguments) {
        String line = arguments.length == 0 ? format : format.formatted(arguments);
        System.out.println(LocalTime.now().format(CLOCK) + "  " + line);
    }
}
