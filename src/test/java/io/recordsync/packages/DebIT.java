package io.recordsync.packages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.recordsync.Secrets;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import io.recordsync.stories.Programs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The Debian package: what is in it, and its life on a Debian with a real systemd, against the simulators. */
@Tag("packages")
@Timeout(900)
class DebIT {

    private static final Path DEB = Path.of("target/salesforce-talkdesk-sync.deb");
    private static final String NAME = "salesforce-talkdesk-sync";
    private static final String CONFIGURATION = "/etc/" + NAME + "/application.properties";
    private static final List<String> CONTACTS =
            List.of("003DL0000212DetYAE", "003DL0000214OYdYAM", "003DL0000217kxRYAQ");
    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    @Test
    void the_package_has_one_conffile_without_a_setting_and_the_modes_of_its_kind() throws Exception {
        Programs.require("dpkg-deb");

        assertThat(Command.of("dpkg-deb", "--info", DEB.toString(), "conffiles").run())
                .isEqualTo(CONFIGURATION + "\n");
        assertThat(Files.readAllLines(Path.of("src/deb/application.properties")))
                .as("each change of it asks every operator")
                .allMatch(line -> line.startsWith("#"));
        assertThat(Command.of("dpkg-deb", "--field", DEB.toString(), "Version").run())
                .matches("\\d+\\.\\d+\\.\\d+(~SNAPSHOT)?\\s*");
        assertThat(Command.of("dpkg-deb", "--contents", DEB.toString())
                        .run()
                        .lines()
                        .map(line -> line.replaceAll(" +", " ")))
                .allMatch(line -> line.contains(" root/root "))
                .anyMatch(line -> line.matches("-rwxr-xr-x .* \\./usr/bin/" + NAME))
                .anyMatch(line -> line.matches("-rwxr-xr-x .* \\./usr/share/" + NAME + "/bin/" + NAME))
                .anyMatch(line -> line.matches("-rw-r--r-- .* \\./lib/systemd/system/" + NAME + ".service"))
                .anyMatch(line -> line.matches("-rw-r--r-- .* \\./usr/share/" + NAME + "/lib/" + NAME + ".jar"))
                .anyMatch(line -> line.matches("drwxr-xr-x .* \\./etc/" + NAME + "/routes/"))
                .noneMatch(line -> line.endsWith(".jsa"));
    }

    @Test
    void it_is_installed_configured_killed_upgraded_removed_and_purged() throws Exception {
        try (SystemdRoot debian = SystemdRoot.boot(folder.resolve("debian"));
                SalesforceSimulator salesforce = SalesforceSimulator.builder()
                        .patience(Duration.ofSeconds(60))
                        .start();
                TalkdeskSimulator talkdesk = TalkdeskSimulator.start()) {
            // So that the doctor may look.
            salesforce.viewSetup("Contact");
            talkdesk.addList("list-1", "EXTERNAL");
            talkdesk.addRecords("list-1", "salesforce", CONTACTS);
            Files.copy(older(), debian.path("/root/older.deb"));
            Files.copy(DEB, debian.path("/root/this.deb"));

            debian.run("dpkg", "-i", "/root/older.deb");
            assertThat(debian.ask("systemctl", "is-enabled", NAME).said()).isEqualTo("enabled\n");
            assertThat(debian.ask("systemctl", "is-active", NAME).said())
                    .as("there is nothing to start with yet")
                    .isEqualTo("inactive\n");
            assertThat(debian.run("stat", "-c", "%U:%G %a", CONFIGURATION)).isEqualTo("root:" + NAME + " 640\n");

            String settings = settings(salesforce, talkdesk);
            Files.writeString(debian.path(CONFIGURATION), settings);
            credentials(debian);
            assertThat(debian.run("runuser", "-u", NAME, "--", NAME, "--version"))
                    .contains("salesforce-talkdesk-sync");
            debian.run("systemctl", "start", NAME);
            deletes(debian, salesforce, talkdesk, CONTACTS.get(0), 1);
            assertThat(debian.run("stat", "-c", "%U", "/proc/" + debian.show(NAME, "MainPID")))
                    .isEqualTo(NAME + "\n");
            assertThat(debian.run("stat", "-c", "%U %a", "/var/lib/" + NAME + "/recordsync.db"))
                    .isEqualTo(NAME + " 600\n");

            // The unit forbids much to the process that makes it.
            await().atMost(Duration.ofMinutes(4))
                    .until(() -> debian.ask("sh", "-c", "ls /var/cache/" + NAME + "/classes-*.jsa")
                                    .exitCode()
                            == 0);

            String killed = debian.show(NAME, "MainPID");
            debian.run("systemctl", "kill", "-s", "KILL", NAME);
            await().atMost(SOON).until(() -> !List.of("0", killed).contains(debian.show(NAME, "MainPID")));
            deletes(debian, salesforce, talkdesk, CONTACTS.get(1), 2);

            // The file that the older one brought was another, and the operator has changed it.
            debian.run("dpkg", "-i", "--force-confdef", "--force-confold", "/root/this.deb");
            assertThat(debian.path(CONFIGURATION)).hasContent(settings);
            assertThat(debian.path(CONFIGURATION + ".dpkg-dist")).exists();
            assertThat(debian.run("stat", "-c", "%U:%G %a", CONFIGURATION)).isEqualTo("root:" + NAME + " 640\n");
            deletes(debian, salesforce, talkdesk, CONTACTS.get(2), 3);

            aMistakeIsNotTriedAgain(debian, settings);
            whatIsNotThereYetIsTriedAgain(debian, settings);

            Files.writeString(debian.path(CONFIGURATION), settings);
            debian.run("systemctl", "restart", NAME);
            salesforce.recording().awaitSubscription(4);
            debian.run("systemctl", "stop", NAME);
            assertThat(debian.show(NAME, "Result")).isEqualTo("success");
            assertThat(debian.show(NAME, "ExecMainStatus")).isEqualTo("0");

            debian.run("dpkg", "--remove", NAME);
            assertThat(debian.path(CONFIGURATION)).exists();
            assertThat(debian.path("/var/lib/" + NAME + "/recordsync.db")).exists();
            assertThat(debian.path("/usr/share/" + NAME)).doesNotExist();
            debian.run("dpkg", "--purge", NAME);
            assertThat(debian.path("/etc/" + NAME + "/application.properties")).doesNotExist();
            assertThat(debian.path("/var/lib/" + NAME)).doesNotExist();
            assertThat(debian.path("/var/cache/" + NAME)).doesNotExist();
            assertThat(talkdesk.mistakes()).isEmpty();
            assertThat(salesforce.recording().refusals()).isEmpty();
        }
    }

    private static void deletes(
            SystemdRoot debian, SalesforceSimulator salesforce, TalkdeskSimulator talkdesk, String contact, int start)
            throws Exception {
        try {
            salesforce.recording().awaitSubscription(start);
            salesforce.publishDelete(contact);
            talkdesk.awaitGone("list-1", List.of(contact));
        } catch (Throwable e) {
            throw new AssertionError(debian.journal(NAME), e);
        }
    }

    private static void aMistakeIsNotTriedAgain(SystemdRoot debian, String settings) throws Exception {
        Files.writeString(debian.path(CONFIGURATION), settings + "batch.size = 0\n");
        debian.run("systemctl", "restart", NAME);
        await().atMost(SOON).until(() -> debian.show(NAME, "ActiveState").equals("failed"));
        assertThat(debian.show(NAME, "ExecMainStatus")).isEqualTo("1");
        assertThat(debian.journal(NAME)).contains("batch.size = 0: expected a whole number from 1 to 100");
    }

    private static void whatIsNotThereYetIsTriedAgain(SystemdRoot debian, String settings) throws Exception {
        Files.writeString(
                debian.path(CONFIGURATION),
                settings + "store.url = jdbc:postgresql://127.0.0.1:1/sync\nstore.user = sync\n");
        debian.run("systemctl", "restart", NAME);
        await().atMost(SOON).until(() -> Integer.parseInt(debian.show(NAME, "NRestarts")) > 0);
        assertThat(debian.journal(NAME)).contains("status=75");
        debian.run("systemctl", "stop", NAME);
    }

    /** A secret each, which only the service's user gets to see. */
    private static void credentials(SystemdRoot debian) throws Exception {
        Files.writeString(debian.path("/root/salesforce"), SalesforceSimulator.CLIENT_SECRET + "\n");
        Files.writeString(debian.path("/root/talkdesk"), TalkdeskSimulator.CLIENT_SECRET + "\n");
        Path dropIn = debian.path("/etc/systemd/system/" + NAME + ".service.d/secrets.conf");
        Files.createDirectories(dropIn.getParent());
        Files.writeString(
                dropIn,
                """
                [Service]
                LoadCredential=salesforce:/root/salesforce
                LoadCredential=talkdesk:/root/talkdesk
                Environment=SALESFORCE_CLIENT_SECRET_FILE=%d/salesforce
                Environment=TALKDESK_CLIENT_SECRET_FILE=%d/talkdesk
                Environment="JAVA_OPTS=-Xmx160m -Xmn44m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Dclass.archive.after=1"
                """);
        debian.run("systemctl", "daemon-reload");
    }

    private static String settings(SalesforceSimulator salesforce, TalkdeskSimulator talkdesk) {
        Secrets.keep("salesforce.client-secret", SalesforceSimulator.CLIENT_SECRET);
        Secrets.keep("talkdesk.client-secret", TalkdeskSimulator.CLIENT_SECRET);
        return """
               salesforce.login-url = %s
               salesforce.client-id = %s
               salesforce.pubsub.host = %s
               salesforce.pubsub.port = %d
               salesforce.pubsub.plaintext = true
               talkdesk.api-url = %s
               talkdesk.token-url = %s
               talkdesk.client-id = %s
               talkdesk.record-lists = list-1
               ops.port = 0
               """
                .formatted(
                        salesforce.loginUrl(),
                        SalesforceSimulator.CLIENT_ID,
                        salesforce.pubsubHost(),
                        salesforce.pubsubPort(),
                        talkdesk.url(),
                        talkdesk.tokenUrl(),
                        TalkdeskSimulator.CLIENT_ID);
    }

    /** The package as it might have been: an older version, with another conffile. */
    private Path older() throws Exception {
        Path unpacked = folder.resolve("older");
        Command.of("dpkg-deb", "-R", DEB.toString(), unpacked.toString()).run();
        Path control = unpacked.resolve("DEBIAN/control");
        Files.writeString(control, Files.readString(control).replaceFirst("(?m)^Version: .*", "Version: 0.0.9"));
        Files.writeString(unpacked.resolve(CONFIGURATION.substring(1)), "# Settings of an older release.\n");
        Path deb = folder.resolve("older.deb");
        Command.of("dpkg-deb", "--root-owner-group", "-Znone", "-b", unpacked.toString(), deb.toString())
                .run();
        return deb;
    }
}
