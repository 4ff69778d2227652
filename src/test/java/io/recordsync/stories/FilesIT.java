package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.simulator.salesforce.ChangeEvent;
import io.recordsync.simulator.salesforce.MovedClock;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Where the service may write, and where not: by the unpacked zip, as a user without rights. */
@Tag("packaging")
@Timeout(180)
class FilesIT {

    private static final String LIST = "list-a";
    private static final int MANY = 6_000;
    private static final String QUICK = "-Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1";

    private static final OtherUser USER = new OtherUser();
    private static final MovedClock CLOCK = new MovedClock();

    @TempDir
    static Path folder;

    private static Path home;
    private static SalesforceSimulator salesforce;
    private static TalkdeskSimulator talkdesk;

    @BeforeAll
    static void set_up() throws IOException {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        home = Installation.unzip(folder);
        salesforce = SalesforceSimulator.builder().clock(CLOCK).start();
        talkdesk = TalkdeskSimulator.start();
        talkdesk.addList(LIST, "EXTERNAL");
    }

    @AfterAll
    static void tear_down() {
        talkdesk.close();
        salesforce.close();
    }

    /** Somebody else's {@code /tmp/camel} let every sweep fail, for ever, as if Salesforce had not been reached. */
    @Test
    void nothing_needs_a_temporary_folder_and_what_is_written_is_for_nobody_else() throws Exception {
        Path temporary = Files.createDirectory(folder.resolve("tmp"));
        USER.keepFrom(Files.createDirectory(temporary.resolve("camel")));
        USER.keepFrom(temporary);
        Path own = USER.own(Files.createDirectory(folder.resolve("own")));
        String options = QUICK + " -Djava.io.tmpdir=" + temporary;
        try (Service service = service(own).with("guard.max-deletions", "0").with("delivery.rate", "0")) {
            service.launch(Installation.script(home), USER, options)
                    .awaitListening()
                    .awaitSubscribed();
            List<String> contacts = contacts();
            salesforce.deleteContactsUnseen(contacts);
            CLOCK.advance(Duration.ofMinutes(2));

            salesforce.publish(ChangeEvent.gapOverflow());

            service.await("all are gone", Duration.ofMinutes(1), () -> talkdesk.recordCount(LIST) == 0);
            service.await("it is proven", () -> service.log().contains("Swept (GAP_OVERFLOW"));
            assertThat(files(temporary)).containsExactly(temporary.resolve("camel"));
            assertThat(mode(own.resolve("data"))).isEqualTo("rwx------");
            assertThat(mode(own.resolve("data/spool"))).isEqualTo("rwx------");
            for (String file : List.of("recordsync.db", "recordsync.db-wal", "recordsync.db.lock")) {
                assertThat(mode(own.resolve(file))).as(file).isEqualTo("rw-------");
            }
            assertThat(own.resolve("data/native"))
                    .as("taken from the installation")
                    .doesNotExist();

            service.kill();
            List<Path> leftBehind = folders(own.resolve("data/spool"));
            assertThat(leftBehind).hasSize(1);
            removeAll(home.resolve("lib/native"));
            service.launch(Installation.script(home), USER, options)
                    .awaitListening()
                    .awaitSubscribed();
            assertThat(folders(own.resolve("data/spool"))).hasSize(1).doesNotContainAnyElementsOf(leftBehind);
            assertThat(files(own.resolve("data/native"))).as("unpacked there").isNotEmpty();
            assertThat(files(temporary)).containsExactly(temporary.resolve("camel"));

            assertThat(service.terminate()).isZero();
            assertThat(folders(own.resolve("data/spool"))).isEmpty();
            Files.setPosixFilePermissions(own.resolve("recordsync.db"), PosixFilePermissions.fromString("rw-r--r--"));
            assertThat(doctor(service, options))
                    .contains("ok   | data folder            | " + own.resolve("data") + " can be written by user "
                            + USER.name())
                    .contains("ok   | store                  | can be written")
                    .contains("warn | files                  | the mode of " + own.resolve("recordsync.db")
                            + " lets every user of this machine read it → chmod o-rwx");
            assertThat(mode(own.resolve("recordsync.db"))).isEqualTo("rw-r--r--");
            assertThat(files(temporary)).containsExactly(temporary.resolve("camel"));
        }
    }

    @Test
    void what_cannot_be_written_is_named_with_the_systems_reason_and_the_user() throws Exception {
        Path own = USER.own(Files.createDirectory(folder.resolve("mine")));
        Path theirs = USER.keepFrom(Files.createDirectory(folder.resolve("theirs")));
        try (Service service = service(own)) {
            service.with("data.folder", theirs.resolve("data").toString());
            assertRefused(
                    service,
                    "data.folder (DATA_FOLDER) = " + theirs.resolve("data") + " cannot be written: "
                            + theirs.resolve("data") + ": permission denied; the folder " + theirs + " has owner "
                            + System.getProperty("user.name") + ", mode r-xr-xr-x, asked by the user " + USER.name()
                            + " (expected a folder that this user may write to: give it to the user, or set data.folder)");
            assertThat(doctor(service, QUICK))
                    .contains("fail | data folder            | " + theirs + ": permission denied; owner ")
                    .contains(", asked by the user " + USER.name() + " → give it to the user that the service runs as");
            service.with("data.folder", own.resolve("data").toString())
                    .with("store.url", "jdbc:sqlite:" + theirs.resolve("new/inbox.db"));
            assertRefused(
                    service,
                    theirs.resolve("new/inbox.db")
                            + " cannot be opened: nothing can be written into its folder: permission denied; the folder "
                            + theirs + " has owner ");
        }
        try (Service service = service(own)) {
            Path file = Files.writeString(folder.resolve("a-file"), "no folder");
            service.with("data.folder", file.toString());
            assertRefused(
                    service,
                    "data.folder (DATA_FOLDER) = " + file + " cannot be written: " + file + ": not a folder; owner "
                            + System.getProperty("user.name"));
        }
        try (Service service = service(own)) {
            // As a start by root leaves it.
            Path data = own.resolve("data");
            Path spool = data.resolve("spool");
            Files.deleteIfExists(spool);
            USER.keepFrom(Files.createDirectory(spool));
            assertRefused(
                    service,
                    "data.folder (DATA_FOLDER) = " + data + " cannot be written: " + spool
                            + ": permission denied; owner ");
            Files.delete(spool);
            Path database = USER.keepFrom(Files.createFile(own.resolve("recordsync.db")));
            assertRefused(service, database + " cannot be opened: permission denied; owner ");
        }
    }

    /** Without a place for SQLite's library, Vert.x or Camel the start failed with words that nobody understood. */
    @Test
    void a_temporary_folder_that_is_read_only_and_allows_no_programs_is_not_missed() throws Exception {
        Path temporary = Files.createDirectory(folder.resolve("read-only"));
        OtherUser user = USER.beforeReadOnly(temporary);
        Path own = USER.own(Files.createDirectory(folder.resolve("own-2")));
        try (Service service = service(own)) {
            service.launch(Installation.script(home), user, QUICK + " -Djava.io.tmpdir=" + temporary)
                    .awaitListening()
                    .awaitSubscribed();
            assertDeletes(service);
            assertThat(service.terminate()).isZero();

            service.with("data.folder", temporary.toString());
            assertRefused(
                    service,
                    user,
                    "data.folder (DATA_FOLDER) = " + temporary + " cannot be written: " + temporary
                            + ": read-only file system; owner root, mode ");
        }
    }

    /** Each kill left a megabyte, until the disk was full. */
    @Test
    void no_file_stays_in_the_temporary_folder_after_a_stop_or_a_kill() throws Exception {
        Path temporary = USER.own(Files.createDirectory(folder.resolve("writable")));
        Path own = USER.own(Files.createDirectory(folder.resolve("own-3")));
        String options = QUICK + " -Djava.io.tmpdir=" + temporary;
        try (Service service = service(own)) {
            service.launch(Installation.script(home), USER, options)
                    .awaitListening()
                    .awaitSubscribed();
            assertDeletes(service);
            service.kill();
            assertThat(files(temporary)).isEmpty();

            service.launch(Installation.script(home), USER, options)
                    .awaitListening()
                    .awaitSubscribed();
            assertThat(service.terminate()).isZero();
            assertThat(files(temporary)).isEmpty();
        }
    }

    private static void assertDeletes(Service service) {
        List<String> contacts = salesforce.createContacts(1);
        talkdesk.addRecords(LIST, "salesforce", contacts);
        salesforce.publishDelete(contacts.get(0));
        service.await("it is gone", () -> talkdesk.recordCount(LIST) == 0);
    }

    private static void assertRefused(Service service, String line) throws Exception {
        assertRefused(service, USER, line);
    }

    private static void assertRefused(Service service, OtherUser user, String start) throws Exception {
        int before = service.log().length();
        assertThat(service.launch(Installation.script(home), user, QUICK).awaitEnd())
                .isEqualTo(1);
        assertThat(service.log().substring(before).lines().filter(line -> !line.contains(Service.RELEASE)))
                .as(service.log())
                .singleElement()
                .asString()
                .startsWith(start);
    }

    private static String doctor(Service service, String options) throws Exception {
        List<String> command = new ArrayList<>(USER.running());
        command.addAll(List.of(Installation.script(home).toString(), "doctor"));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(service.environment());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("JAVA_OPTS", options);
        builder.redirectError(ProcessBuilder.Redirect.DISCARD);
        Process doctor = builder.start();
        String out = new String(doctor.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(doctor.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return out;
    }

    private static Service service(Path own) throws IOException {
        return new Service(own, salesforce, talkdesk, LIST);
    }

    private static List<String> contacts() {
        List<String> contacts = salesforce.createContacts(MANY);
        talkdesk.addRecords(LIST, "salesforce", contacts);
        return contacts;
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    private static List<Path> files(Path in) throws IOException {
        try (Stream<Path> files = Files.list(in)) {
            return files.toList();
        }
    }

    private static List<Path> folders(Path in) throws IOException {
        return files(in).stream().filter(Files::isDirectory).toList();
    }

    private static void removeAll(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
