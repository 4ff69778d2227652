package io.recordsync.faults;

import static io.recordsync.faults.World.lasts;

import io.recordsync.simulator.talkdesk.Answer;
import io.recordsync.simulator.talkdesk.Middlebox;
import java.time.Duration;
import java.util.Collections;
import java.util.List;

/** The faults of something between the route and Talkdesk that answers in its place, or passes on what nobody can read. */
final class ForeignAnswers {

    private static final String GROUP = "Answers that are not Talkdesk's";
    private static final long MORE_THAN_THE_HEAP_TAKES = 70L << 20;

    private ForeignAnswers() {}

    static List<Fault> all() {
        return List.of(
                between("404 without a body, for ten minutes", Middlebox.answering(404)),
                between(
                        "404 of an API gateway in JSON, for ten minutes",
                        Middlebox.answering(404, "application/json", "{\"message\":\"no Route matched\"}")),
                between("403 of a firewall, for ten minutes", Middlebox.page(403, "Request Rejected")),
                between("200 with a page to sign in at, for ten minutes", Middlebox.page(200, "Sign in")),
                between(
                        "301 to another place, for ten minutes",
                        Middlebox.answering(Answer.status(301).empty().header("Location", "http://localhost/"))),
                between(
                        "200 with {} to every call, for ten minutes",
                        Middlebox.answering(200, "application/json", "{}").readsToo()),
                between(
                        "404 packed as gzip, and empty, for ten minutes",
                        Middlebox.answering(Answer.status(404).empty().header("Content-Encoding", "gzip"))),
                Fault.of(GROUP, "400 with a page to every second call", (world, subject) -> {
                    world.talkdesk.behind(Middlebox.page(400, "400 Bad Request").everyNth(2));
                    for (int i = 0; i < 24; i++) {
                        world.delete(1);
                        lasts(Duration.ofSeconds(10));
                    }
                    world.talkdesk.answerNormally();
                }),
                Fault.of(GROUP, "413 with a page to calls of more than five items", (world, subject) -> {
                    Answer tooLarge = Answer.status(413).body("<html><title>413 Too Large</title>", "text/html");
                    world.talkdesk
                            .onList(World.LIST)
                            .decide(call -> call.items().size() > 5 ? tooLarge : null);
                    world.salesforce.publishDelete(world.deleteUnseen(40));
                    lasts(Duration.ofMinutes(2));
                    world.talkdesk.answerNormally();
                }),
                Fault.of(GROUP, "five answers of 70 MiB", (world, subject) -> {
                    Answer huge = Answer.normal().withoutDeleting().padded(MORE_THAN_THE_HEAP_TAKES);
                    world.talkdesk.answer(Collections.nCopies(5, huge).toArray(Answer[]::new));
                    for (int i = 0; i < 5; i++) {
                        world.delete(2);
                        lasts(Duration.ofSeconds(20));
                    }
                }),
                Fault.of(GROUP, "answers of a byte a second, for two minutes", (world, subject) -> {
                    world.talkdesk.always(Answer.normal().withoutDeleting().trickling());
                    world.delete(10);
                    lasts(Duration.ofMinutes(2));
                    world.talkdesk.answerNormally();
                }),
                Fault.of(GROUP, "connections that are taken and never answered, for five minutes", (world, subject) -> {
                    world.talkdesk.frozen(true);
                    world.delete(10);
                    lasts(Duration.ofMinutes(5));
                    world.talkdesk.frozen(false);
                }));
    }

    private static Fault between(String name, Middlebox box) {
        return Fault.of(GROUP, name, (world, subject) -> {
            world.talkdesk.behind(box);
            world.delete(25);
            lasts(Duration.ofMinutes(10));
            world.talkdesk.answerNormally();
        });
    }
}
