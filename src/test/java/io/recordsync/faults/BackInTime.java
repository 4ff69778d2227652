package io.recordsync.faults;

import static io.recordsync.faults.World.lasts;

import io.recordsync.simulator.talkdesk.Answer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;

/**
 * The faults of a database that is suddenly older than what was saved in it: a backup, or a standby that lagged behind. The stock
 * route has none.
 */
final class BackInTime {

    private static final String GROUP = "Databases that go back in time";

    private BackInTime() {}

    static List<Fault> all() {
        return List.of(
                Fault.ours(GROUP, "a backup of the file (SQLite), older than fifty deletions", (world, subject) -> {
                    Path backup = backup(world, subject);
                    refused(world, subject, 50);
                    restore(world, subject, backup);
                    world.talkdesk.answerNormally();
                }),
                Fault.ours(
                        GROUP,
                        "a backup of the file (SQLite), older than what was deleted and restored",
                        (world, subject) -> {
                            Path backup = backup(world, subject);
                            List<String> ids = refused(world, subject, 50);
                            world.restore(ids);
                            lasts(Duration.ofSeconds(30));
                            restore(world, subject, backup);
                            world.talkdesk.answerNormally();
                        }),
                failover("a standby (PostgreSQL) that lags fifty deletions behind", (world, subject) -> {}),
                failover(
                        "a standby (PostgreSQL) that lags behind, and a process that stops with the primary",
                        (world, subject) -> subject.kill()));
    }

    /** @param meanwhile what happens between the end of the primary and the beginning of the standby */
    private static Fault failover(String name, Fault.Injection meanwhile) {
        Postgres postgres = new Postgres();
        return Fault.ours(GROUP, name, (world, subject) -> {
                    postgres.copy();
                    world.delete(5);
                    lasts(Duration.ofSeconds(60));
                    refused(world, subject, 50);
                    postgres.stop();
                    meanwhile.happen(world, subject);
                    postgres.startCopy();
                    if (!subject.handle().isAlive()) {
                        subject.start();
                    }
                    world.talkdesk.answerNormally();
                })
                .with((world, service) -> {
                    postgres.start();
                    service.with("store.url", postgres.url());
                    return postgres;
                });
    }

    /** Accepted, and not delivered: Talkdesk is away. */
    private static List<String> refused(World world, Subject subject, int count) {
        world.talkdesk.always(Answer.status(503));
        List<String> ids = world.delete(count);
        Ours ours = (Ours) subject;
        ours.service.await(
                "they are accepted", () -> ours.service.count("pending") + ours.service.count("claimed") >= count);
        return ids;
    }

    private static Path backup(World world, Subject subject) throws Exception {
        subject.terminate();
        Path backup = world.folder.resolve("backup.db");
        Files.copy(file(world), backup);
        subject.start();
        return backup;
    }

    private static void restore(World world, Subject subject, Path backup) throws Exception {
        subject.terminate();
        Files.copy(backup, file(world), StandardCopyOption.REPLACE_EXISTING);
        for (String beside : List.of("-wal", "-shm")) {
            Files.deleteIfExists(Path.of(file(world) + beside));
        }
        subject.start();
    }

    private static Path file(World world) {
        return world.folder.resolve("recordsync.db");
    }
}
