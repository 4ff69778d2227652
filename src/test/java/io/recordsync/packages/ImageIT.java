package io.recordsync.packages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import io.recordsync.stories.Installation;
import io.recordsync.stories.Programs;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The image, built by {@code buildah} on a JRE of Debian and run by {@code podman} as a careful cluster runs it: a read-only root, no
 * {@code /tmp}, a user that nobody knows and one volume.
 */
@Tag("packages")
@Timeout(900)
class ImageIT {

    private static final List<String> CONTACTS = List.of("003DL0000212DetYAE", "003DL0000214OYdYAM");
    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    @Test
    void it_is_built_and_run_with_a_read_only_root_by_an_unknown_user_and_a_volume() throws Exception {
        Programs.require("buildah");
        Programs.require("podman");
        Programs.require("runc");
        build();
        Path data = Files.createDirectory(folder.resolve("data"));
        Command.of("chown", "0:0", data.toString()).run();
        Command.of("chmod", "2775", data.toString()).run();
        int port = freePort();
        try (SalesforceSimulator salesforce = SalesforceSimulator.builder()
                        .patience(Duration.ofSeconds(60))
                        .start();
                TalkdeskSimulator talkdesk = TalkdeskSimulator.start()) {
            // So that the doctor may look.
            salesforce.viewSetup("Contact");
            talkdesk.addList("list-1", "EXTERNAL");
            talkdesk.addRecords("list-1", "salesforce", CONTACTS);

            start("one", data, port, settings(salesforce, talkdesk));
            try {
                salesforce.recording().awaitSubscription(1);
                salesforce.publishDelete(CONTACTS.get(0));
                talkdesk.awaitGone("list-1", CONTACTS.subList(0, 1));
                await().atMost(SOON)
                        .until(() ->
                                podman("healthcheck", "run", "one").tryRun().exitCode() == 0);
                assertThat(mapped("one")).as("the archive of the image is used").contains("/lib/classes-");
                assertThat(podman("exec", "one", "id", "-u").run()).isEqualTo("1000660000\n");
                podman("stop", "--time", "60", "one").run();
                assertThat(podman("inspect", "--format", "{{.State.ExitCode}}", "one")
                                .run())
                        .isEqualTo("0\n");

                start("two", data, port, settings(salesforce, talkdesk));
                salesforce.recording().awaitSubscription(2);
                salesforce.publishDelete(CONTACTS.get(1));
                talkdesk.awaitGone("list-1", CONTACTS.subList(1, 2));
                podman("kill", "--signal", "KILL", "two").run();
            } catch (Throwable e) {
                throw new AssertionError(
                        podman("logs", "one").tryRun().said()
                                + podman("logs", "two").tryRun().said(),
                        e);
            } finally {
                podman("rm", "--force", "--all").tryRun();
            }

            assertThat(talkdesk.repeats()).isEmpty();
            assertThat(talkdesk.mistakes()).isEmpty();
            assertThat(salesforce.recording().refusals()).isEmpty();
        }
    }

    /** On a scratch image of Debian's JRE: no registry is asked. */
    private void build() throws Exception {
        String jre = buildah("from", "scratch").run().strip();
        buildah("copy", "--quiet", jre, DebianRoot.made().toString(), "/").run();
        buildah("commit", "--quiet", "--rm", jre, "jre").run();
        Path context = Installation.unzip(Files.createDirectory(folder.resolve("context")));
        buildah(
                        "bud",
                        "--isolation",
                        "chroot",
                        "--format",
                        "docker",
                        "--build-arg",
                        "JRE=localhost/jre",
                        "--file",
                        context.resolve("ops/Containerfile").toString(),
                        "--tag",
                        "sync",
                        context.toString())
                .run();
    }

    private void start(String name, Path data, int port, Map<String, String> settings) {
        List<String> options = new ArrayList<>(List.of(
                "run",
                "--detach",
                "--name",
                name,
                "--network",
                "host",
                "--read-only",
                "--read-only-tmpfs=false",
                "--user",
                "1000660000:0",
                "--cap-drop",
                "all",
                "--security-opt",
                "no-new-privileges",
                "--volume",
                data + ":/data",
                // What a machine permits that is a container itself.
                "--ulimit",
                "nofile=1024:20000",
                "--ulimit",
                "nproc=4096:4096",
                "--env",
                "OPS_PORT=" + port));
        settings.forEach((key, value) -> options.addAll(List.of("--env", key + "=" + value)));
        options.add("localhost/sync");
        podman(options.toArray(String[]::new)).run();
    }

    private static Map<String, String> settings(SalesforceSimulator salesforce, TalkdeskSimulator talkdesk) {
        return Map.ofEntries(
                Map.entry("SALESFORCE_LOGIN_URL", salesforce.loginUrl()),
                Map.entry("SALESFORCE_CLIENT_ID", SalesforceSimulator.CLIENT_ID),
                Map.entry("SALESFORCE_CLIENT_SECRET", SalesforceSimulator.CLIENT_SECRET),
                Map.entry("SALESFORCE_PUBSUB_HOST", salesforce.pubsubHost()),
                Map.entry("SALESFORCE_PUBSUB_PORT", Integer.toString(salesforce.pubsubPort())),
                Map.entry("SALESFORCE_PUBSUB_PLAINTEXT", "true"),
                Map.entry("TALKDESK_API_URL", talkdesk.url()),
                Map.entry("TALKDESK_TOKEN_URL", talkdesk.tokenUrl()),
                Map.entry("TALKDESK_CLIENT_ID", TalkdeskSimulator.CLIENT_ID),
                Map.entry("TALKDESK_CLIENT_SECRET", TalkdeskSimulator.CLIENT_SECRET),
                Map.entry("TALKDESK_RECORD_LISTS", "list-1"));
    }

    /** What the process has mapped. */
    private String mapped(String name) throws IOException {
        String pid = podman("inspect", "--format", "{{.State.Pid}}", name).run().strip();
        return Files.readString(Path.of("/proc", pid, "maps"));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private Command buildah(String... words) {
        return engine("buildah", List.of(), words);
    }

    private Command podman(String... words) {
        return engine("podman", List.of("--runtime", "runc", "--cgroup-manager", "cgroupfs"), words);
    }

    /** With a storage of the test's own. */
    private Command engine(String program, List<String> options, String... words) {
        List<String> all = new ArrayList<>(List.of(program, "--root", folder + "/store", "--runroot", folder + "/run"));
        all.addAll(options);
        all.addAll(List.of(words));
        return new Command(all);
    }
}
