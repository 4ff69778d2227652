package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.Secrets;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.Answer;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One archive for a report of a fault, of a service that runs and of one that is dead: without secrets and personal data. */
@Tag("long")
class SupportIT {

    private static final String LIST = "support-list";
    private static final String NUMBER = "+14155550199";
    private static final String PHONE_KEY = "the-phone-key-of-this-story";
    private static final String PASSWORD = "the password of ada";
    /** Two people, by {@code htpasswd -nbB}. */
    private static final String USERS =
            """
            gwendolyn:$2y$05$Ig4xUq34scIBM4f50bK/LucrHS4ARZ61G/.Ma1OFUX.OUW1Qsi0FS
            bert.mason:$2y$05$WD2Uh7k3m178.5OIV8kYh.pt2sRbI/gkREVbT.qedRSuPtmb..bD2
            """;
    /** What no log of ours has, as another library might write it. */
    private static final String LEAKS = "Somebody of tel:" + NUMBER + ", (415) 555-0199, with " + PHONE_KEY
            + ", asked by bert.mason and ada.l@example.com\n"
            + "{\"message\":\"Basic Z3dlbmRvbHluOnBhc3N3b3Jk of gwendolyn, 14155550199, "
            + SalesforceSimulator.CLIENT_SECRET + "\"}\n";

    @TempDir
    Path folder;

    private SalesforceSimulator salesforce;
    private TalkdeskSimulator talkdesk;
    private Service service;
    private Path log;

    @BeforeEach
    void start() throws Exception {
        salesforce = SalesforceSimulator.start();
        talkdesk = TalkdeskSimulator.start();
        talkdesk.addList(LIST, "NOTHING");
        talkdesk.addRecord(LIST, null, null, NUMBER);
        log = folder.resolve("service.log");
        service = new Service(folder, salesforce, talkdesk, LIST)
                .with("ledger.phone-key", PHONE_KEY)
                .with(
                        "ops.users",
                        Files.writeString(folder.resolve("users"), USERS).toString())
                .with("ops.viewers", "bert.mason")
                .with("ops.password", "the password of ops.user")
                .with("alerts.webhook", "http://127.0.0.1:9/hooks/path-that-is-a-secret")
                .with("alerts.webhook.header", "Authorization: Bearer header-that-is-a-secret")
                .with("log.file", log.toString())
                .as("gwendolyn", PASSWORD);
    }

    @AfterEach
    void stop() {
        service.close();
        talkdesk.close();
        salesforce.close();
    }

    @Test
    void the_archive_says_how_it_stands_and_nothing_that_must_not_leave_the_house() throws Exception {
        service.with("log.format", "json").startSubscribed();
        parked();

        Map<String, String> running =
                archive(service.environment(), "running.zip", "The service that runs has answered");

        assertThat(running.get("service/status.json")).contains("\"parked\":1", "\"state\":\"connected\"");
        assertThat(running.get("service/health.txt")).contains("stream: up\n");
        assertThat(running.get("service/metrics.txt")).contains("recordsync_deletions_total");
        assertThat(running.get("service/threads.txt")).contains("\"main\"", "at io.recordsync.", "(java.base@");
        assertThat(running.get("service/log.txt"))
                .contains("{\"@timestamp\":", "Subscribed to /data/ContactChangeEvent");
        saysWhatBothKnow("service/", running);
        saysWhatBothKnow("", running);
        assertThat(running.get("counts.txt")).contains("PARKED=1");
        try (Stream<Path> files = Files.list(folder.resolve("data"))) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .as("left behind in the data folder")
                    .noneMatch(name -> name.startsWith("support-"));
        }
        service.kill();
        Files.writeString(log, LEAKS, StandardOpenOption.APPEND);

        Map<String, String> dead = archive(service.environment(), "dead.zip", "No service answered within 15 s");

        assertThat(dead).doesNotContainKey("service/status.json");
        saysWhatBothKnow("", dead);
        assertThat(dead.get("log-file.txt"))
                .contains("asked by (person 1) and (removed)@example.com", "Basic (removed) of (person 2)");
        assertThat(dead.get("counts.txt")).contains("PARKED=1");
    }

    /** As of systemd's credentials, which only the unit has; the page asks for a password that the command has not either. */
    @Test
    void the_service_knows_its_secrets_where_the_command_has_none_of_them() throws Exception {
        service.startSubscribed();
        parked();
        Files.writeString(log, LEAKS, StandardOpenOption.APPEND);
        Map<String, String> few = new HashMap<>(service.environment());
        few.keySet().retainAll(Set.of("DATA_FOLDER", "STORE_URL"));

        Map<String, String> archive = archive(few, "few.zip", "The service that runs has answered");

        saysWhatBothKnow("service/", archive);
        assertThat(archive.get("service/log.txt")).contains(" INFO ", "Subscribed to /data/ContactChangeEvent");
        assertThat(archive.get("service/log-file.txt")).contains("asked by (person 1) and (removed)@example.com");
        assertThat(archive.get("configuration.txt")).contains("# mistake: salesforce.client-secret ");
        assertThat(archive.get("counts.txt")).contains("PARKED=1");
    }

    private void parked() throws Exception {
        talkdesk.answer(Answer.status(400)
                .body("{\"code\":\"invalid\",\"message\":\"" + NUMBER + " of Ada Lovelace is invalid\"}"));
        service.post("/api/deletions", "[{\"phone_number\":\"" + NUMBER + "\"}]");
        service.await("it is parked", () -> service.count("parked") == 1);
    }

    private static void saysWhatBothKnow(String of, Map<String, String> archive) {
        assertThat(archive.get(of + "version.txt")).contains("salesforce-talkdesk-sync ", "Java ");
        assertThat(archive.get(of + "configuration.txt"))
                .contains("talkdesk.record-lists (TALKDESK_RECORD_LISTS) = " + LIST)
                .contains("talkdesk.client-secret (TALKDESK_CLIENT_SECRET) is set\n")
                .contains("store.password is not set\n")
                .contains("guard.window = 1h  # the default\n");
        assertThat(archive.get(of + "log-file.txt")).contains("Subscribed to /data/ContactChangeEvent");
        assertThat(archive.get(of + "files.txt")).contains("route files ");
    }

    private Map<String, String> archive(Map<String, String> environment, String name, String says) throws Exception {
        Path file = folder.resolve(name);
        Command support = Command.run(environment, "support", file.toString());
        assertThat(support.exitCode()).as(support.err()).isZero();
        assertThat(support.out()).contains(says).contains("look into it before you send it");
        assertThat(Files.getPosixFilePermissions(file)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(Command.run(environment, "support", file.toString())).satisfies(again -> {
            assertThat(again.exitCode()).isEqualTo(1);
            assertThat(again.err()).contains(name + ": is there already (expected a new file)");
        });
        Map<String, String> texts = texts(file);
        texts.forEach((entry, text) -> {
            Secrets.refuse(entry, text);
            assertThat(text)
                    .as(entry)
                    .doesNotContain("4155550199", "555-0199", "gwendolyn", "bert.mason", "ada.l", "Z3dlbmRvbHlu");
        });
        return texts;
    }

    private static Map<String, String> texts(Path file) throws IOException {
        Map<String, String> texts = new TreeMap<>();
        try (InputStream bytes = Files.newInputStream(file);
                ZipInputStream zip = new ZipInputStream(bytes, StandardCharsets.UTF_8)) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                texts.put(entry.getName(), new String(zip.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        return texts;
    }
}
