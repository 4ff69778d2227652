package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.simulator.salesforce.ContactIds;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A SQLite file that is not the one any more that the service had open, or that it made. */
@Tag("long")
class DatabaseFileIT {

    private static final String LIST = "5f1c7a2e-9999-4a7e-9b2f-aaaaaaaaaaaa";

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
    void a_file_that_is_moved_removed_or_replaced_is_noticed_and_a_missing_one_is_not_made_anew() throws Exception {
        service.startSubscribed();
        deleted(5);
        Path away = folder.resolve("away");

        Files.move(file(""), away);
        awaitStore("down", "recordsync.db was removed or moved");
        Files.move(away, file(""));
        awaitStore("up", "");
        Files.move(file("-wal"), away);
        // A connection that is opened meanwhile makes another one.
        awaitStore("down", "recordsync.db-wal was re");
        Files.move(away, file("-wal"), StandardCopyOption.REPLACE_EXISTING);
        awaitStore("up", "");
        deleted(1);
        Files.copy(file(""), away);
        Files.move(away, file(""), StandardCopyOption.REPLACE_EXISTING);
        awaitStore("down", "recordsync.db was replaced by another one");

        service.kill();
        for (String suffix : List.of("", "-wal", "-shm")) {
            Files.deleteIfExists(file(suffix));
        }
        assertThat(service.launch().awaitEnd()).isEqualTo(1);
        assertThat(lastLine())
                .contains("recordsync.db is missing", "remove " + file(".created"))
                .doesNotContain("Exception");
        assertThat(file("")).doesNotExist();
        Files.delete(file(".created"));
        service.startSubscribed();
        deleted(1);
    }

    /** It was malformed, and UP. */
    @Test
    void a_backup_beside_the_log_of_another_state_is_refused_and_without_it_all_comes_again() throws Exception {
        service.startSubscribed();
        deleted(5);
        Path vacuumed = folder.resolve("vacuumed");
        Path copied = folder.resolve("copied");
        sqlite("vacuum into '" + vacuumed + "'");
        sqlite("backup to '" + copied + "'");
        List<String> later = deleted(40);
        service.await("all is settled", () -> service.count("deleted") == 45);
        service.kill();

        for (Path backup : List.of(copied, vacuumed)) {
            Files.copy(backup, file(""), StandardCopyOption.REPLACE_EXISTING);
            assertThat(service.launch().awaitEnd()).isEqualTo(1);
            assertThat(lastLine())
                    .contains("recordsync.db is not the one that was open last", "remove " + file("-wal"))
                    .doesNotContain("Exception");
        }
        Files.delete(file("-wal"));
        Files.deleteIfExists(file("-shm"));
        service.startSubscribed();

        service.await("all is settled again", () -> service.count("deleted") == 45);
        assertThat(later)
                .allSatisfy(contact -> assertThat(talkdesk.sent(LIST, contact)).hasSize(2));
        assertThat(service.log()).contains("is not the one of the last start (restored?): a sweep is due");
        service.await("a sweep is made", () -> salesforce.recording().restCalls().stream()
                .anyMatch(call -> call.path().contains("/queryAll")));
    }

    private void awaitStore(String state, String words) {
        service.await("the store is " + state, () -> {
            String health = service.text("/observe/health");
            boolean down = service.answer("/observe/health/ready").statusCode() == 503;
            return down == state.equals("down") && health.contains(words);
        });
    }

    /** The service makes it say it in one line. */
    private String lastLine() {
        return service.log().lines().reduce((one, next) -> next).orElse("");
    }

    private void sqlite(String command) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file(""));
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(command);
        }
    }

    private Path file(String suffix) {
        return folder.resolve("recordsync.db" + suffix);
    }

    private List<String> deleted(int n) throws IOException {
        List<String> ids = Stream.generate(ContactIds::next).limit(n).toList();
        talkdesk.addRecords(LIST, "salesforce", ids);
        salesforce.publishDelete(ids);
        talkdesk.awaitGone(LIST, ids);
        return ids;
    }
}
