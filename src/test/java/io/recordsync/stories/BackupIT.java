package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.simulator.salesforce.ContactIds;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A copy of the SQLite file is made while the service works, and is what the service is started on later. */
@Tag("long")
class BackupIT {

    private static final String LIST = "5f1c7a2e-2323-4a7e-9b2f-aaaaaaaaaaaa";
    private static final int PAST = 100_000;

    private static final String FILL =
            """
            with recursive past (n) as (select 1 union all select n + 1 from past where n < 100000)
            insert into deletion (record_list, kind, provider, identifier, event_key, origin, committed_at, accepted_at, state,
                                  due_at, pending_since, confirmation, settled_at, called_at)
            select '5f1c7a2e-2323-4a7e-9b2f-aaaaaaaaaaaa', 'external', 'salesforce', '003DL00' || printf('%011d', n),
                   '00000000-0000-4000-8000-' || printf('%012d', n) || '/1', 'stream', ms, ms, 'deleted', ms, ms, 'exact', ms, ms
            from (select n, 1790000000000 + n as ms from past)""";

    @TempDir
    Path folder;

    private SalesforceSimulator salesforce;
    private TalkdeskSimulator talkdesk;
    private Service service;

    @BeforeEach
    void start() throws Exception {
        salesforce = SalesforceSimulator.start();
        salesforce.createContacts(1);
        talkdesk = TalkdeskSimulator.start();
        talkdesk.addList(LIST, "EXTERNAL");
        service = new Service(folder, salesforce, talkdesk, LIST);
    }

    @AfterEach
    void stop() {
        service.close();
        talkdesk.close();
        salesforce.close();
    }

    @Test
    void a_backup_of_a_busy_service_is_made_in_seconds_and_nothing_is_lost_when_it_is_started_on_it() throws Exception {
        service.startSubscribed();
        assertThat(service.terminate()).isZero();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file(""));
                Statement statement = connection.createStatement()) {
            // Through the view: how many rows that changed counts what lies behind it too.
            statement.execute(FILL);
            statement.executeUpdate("update settled set total = total + 100000 where confirmation = 'exact'");
        }
        service.startSubscribed();
        List<String> deleted = Collections.synchronizedList(new ArrayList<>());
        ScheduledExecutorService traffic = Executors.newSingleThreadScheduledExecutor();
        traffic.scheduleAtFixedRate(() -> delete(deleted), 0, 33, TimeUnit.MILLISECONDS);
        service.await("it is busy", () -> service.count("deleted") > PAST + 20);

        Path backup = folder.resolve("backup.db");
        long begun = System.nanoTime();
        Command made = Command.run(service.environment(), "backup", backup.toString());
        Duration took = Duration.ofNanos(System.nanoTime() - begun);

        assertThat(made.exitCode()).as(made.err()).isZero();
        assertThat(made.out())
                .contains("deletions are in " + backup, "verified")
                .doesNotContain("Exception");
        assertThat(took).isLessThan(Duration.ofSeconds(30));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(backup)))
                .isEqualTo("rw-------");
        delete(deleted);
        traffic.shutdownNow();
        assertThat(traffic.awaitTermination(5, TimeUnit.SECONDS)).isTrue();
        talkdesk.awaitGone(LIST, deleted);
        service.await("all is settled", () -> service.count("deleted") == PAST + deleted.size());

        service.kill();
        for (String suffix : List.of("", "-wal", "-shm")) {
            Files.deleteIfExists(file(suffix));
        }
        Files.move(backup, file(""));
        service.startSubscribed();

        // What the sweep found before its event came has two rows.
        service.await("nothing is lost", () -> service.count("deleted") >= PAST + deleted.size());
        assertThat(deleted).allMatch(contact -> !service.deletions("state=deleted&externalId=" + contact)
                .isEmpty());
        service.await("a sweep is made", () -> salesforce.recording().restCalls().stream()
                .anyMatch(call -> call.path().contains("/queryAll")));
    }

    @Test
    void what_cannot_be_backed_up_is_named_in_one_line() throws Exception {
        assertThat(Command.run(service.environment(), "backup")).satisfies(command -> {
            assertThat(command.exitCode()).isEqualTo(2);
            assertThat(command.err()).startsWith("usage: backup FILE");
        });
        assertThat(Command.run(
                        service.environment(), "backup", folder.resolve("b.db").toString()))
                .satisfies(command -> {
                    assertThat(command.exitCode()).isEqualTo(1);
                    assertThat(command.err().lines())
                            .singleElement()
                            .asString()
                            .contains("recordsync.db does not exist");
                });
        service.start();
        for (Path wrong : List.of(file(""), file("-wal"), folder.resolve("no/such/folder/b.db"))) {
            assertThat(Command.run(service.environment(), "backup", wrong.toString()))
                    .satisfies(command -> {
                        assertThat(command.exitCode()).isEqualTo(1);
                        assertThat(command.err().lines())
                                .singleElement()
                                .asString()
                                .startsWith("No backup was made: ");
                    });
        }
    }

    private void delete(List<String> deleted) {
        String contact = ContactIds.next();
        talkdesk.addRecords(LIST, "salesforce", List.of(contact));
        deleted.add(contact);
        salesforce.publishDelete(contact);
    }

    private Path file(String suffix) {
        return folder.resolve("recordsync.db" + suffix);
    }
}
