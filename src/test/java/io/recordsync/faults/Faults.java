package io.recordsync.faults;

import static io.recordsync.faults.World.lasts;

import io.grpc.Status;
import io.recordsync.simulator.salesforce.ChangeEvent;
import io.recordsync.simulator.salesforce.ContactIds;
import io.recordsync.simulator.talkdesk.Answer;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator.FailedRecords;
import io.recordsync.stories.ShiftedClock;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/** Every fault of the report, once, in the order of its table. */
final class Faults {

    private static final String STREAM = "The stream ends";
    private static final String CODES = "Salesforce refuses";
    private static final String LOGIN = "Login";
    private static final String EVENTS = "Events";
    private static final String GAPS = "What the stream does not tell";
    private static final String ANSWERS = "Talkdesk's answers";
    private static final String OUTAGES = "Talkdesk away";
    private static final String PROCESS = "The process";
    private static final String DATABASE = "Database and clock";

    private static final long SEED = Long.getLong("fault.seed", 20_260_301L);

    private Faults() {}

    static List<Fault> all() {
        List<Fault> faults = new ArrayList<>();
        faults.addAll(stream());
        faults.addAll(codes());
        faults.addAll(logins());
        faults.addAll(events());
        faults.addAll(gaps());
        faults.addAll(Silence.all());
        faults.addAll(answers());
        faults.addAll(ForeignAnswers.all());
        faults.addAll(outages());
        faults.addAll(RestoredContacts.all());
        faults.addAll(process());
        faults.addAll(database());
        faults.addAll(BackInTime.all());
        return faults;
    }

    // ---- Salesforce

    private static List<Fault> stream() {
        return List.of(
                Fault.of(STREAM, "completed with OK", (world, subject) -> world.salesforce.completeStream()),
                Fault.of(STREAM, "UNAVAILABLE", (world, subject) -> {
                    world.salesforce.failStream(Status.UNAVAILABLE, "service.unavailable");
                    world.delete(5);
                }),
                Fault.of(STREAM, "an error with a binary trailer", (world, subject) -> {
                    world.salesforce.failStreamWithBinaryTrailer();
                    world.delete(5);
                }),
                Fault.of(STREAM, "connection reset", (world, subject) -> {
                    world.delete(5);
                    world.salesforce.cutTcp();
                }),
                Fault.of(STREAM, "connection half open", (world, subject) -> {
                    world.salesforce.goSilent();
                    world.delete(5);
                }),
                Fault.of(STREAM, "Salesforce unreachable for five minutes", (world, subject) -> {
                    world.salesforce.down(true);
                    world.delete(5);
                    lasts(Duration.ofMinutes(5));
                    world.salesforce.down(false);
                }));
    }

    private static List<Fault> codes() {
        return List.of(
                refused("transient: subscription.internal.error", Status.INTERNAL, "subscription.internal.error"),
                Fault.of(CODES, "credentials: service.auth.error", (world, subject) -> {
                    world.salesforce.revokeTokens();
                    world.salesforce.failStream(Status.UNAUTHENTICATED, "service.auth.error");
                    world.delete(5);
                }),
                Fault.of(CODES, "credentials: UNAUTHENTICATED without a code", (world, subject) -> {
                    world.salesforce.revokeTokens();
                    world.salesforce.failStream(Status.UNAUTHENTICATED, null);
                    world.delete(5);
                }),
                refused(
                        "slow down: service.protection.triggered",
                        Status.RESOURCE_EXHAUSTED,
                        "service.protection.triggered"),
                refused(
                        "allocation used up: subscription.limit.exceeded",
                        Status.RESOURCE_EXHAUSTED,
                        "subscription.limit.exceeded"),
                refused("configuration: topic.not.found", Status.NOT_FOUND, "topic.not.found"));
    }

    /** The stream ends, and three subscriptions are refused. */
    private static Fault refused(String name, Status status, String code) {
        return Fault.of(CODES, name, (world, subject) -> {
            int refusals = world.salesforce.recording().refusals().size();
            world.salesforce.refuseSubscribe(3, status, code);
            world.salesforce.failStream(status, code);
            world.delete(5);
            long patience = System.nanoTime() + Scale.of(Duration.ofMinutes(20)).toNanos();
            while (world.salesforce.recording().refusals().size() < refusals + 3 && System.nanoTime() < patience) {
                lasts(Duration.ofSeconds(1));
            }
        });
    }

    private static List<Fault> logins() {
        return List.of(
                login("401 for a minute", world -> world.salesforce.loginFails(401)),
                login("no answer for a minute", world -> world.salesforce.loginHangs()),
                login("503 for a minute", world -> world.salesforce.loginFails(503)),
                Fault.of(LOGIN, "token revoked in the middle", (world, subject) -> {
                    world.salesforce.revokeTokens();
                    world.salesforce.cutTcp();
                    world.delete(5);
                }));
    }

    private interface Trouble {
        void begin(World world);
    }

    private static Fault login(String name, Trouble trouble) {
        return Fault.of(LOGIN, name, (world, subject) -> {
            trouble.begin(world);
            world.salesforce.revokeTokens();
            world.salesforce.failStream(Status.UNAUTHENTICATED, "service.auth.error");
            world.delete(5);
            lasts(Duration.ofMinutes(1));
            world.salesforce.loginWorks();
        });
    }

    private static List<Fault> events() {
        return List.of(
                undecodable("first", 0),
                undecodable("in the middle", 3),
                undecodable("last", 6),
                Fault.of(EVENTS, "schema not to be had for a minute", (world, subject) -> {
                    world.salesforce.changeSchemaHidden();
                    world.delete(5);
                    lasts(Duration.ofMinutes(1));
                    world.salesforce.revealSchemas();
                }),
                Fault.of(EVENTS, "twenty events delivered twice", (world, subject) -> {
                    world.delete(20);
                    lasts(Duration.ofMinutes(1));
                    world.salesforce.replayLast(20);
                    lasts(Duration.ofMinutes(1));
                }),
                Fault.of(EVENTS, "events that share a replay id, cut between them", (world, subject) -> {
                    List<String> ids = world.deleteUnseen(6);
                    world.salesforce.splitResponsesAt(2);
                    world.salesforce.publishTransaction(
                            ids.stream().map(ChangeEvent::delete).toArray(ChangeEvent[]::new));
                    world.salesforce.cutTcp();
                    subject.kill();
                    subject.start();
                }),
                Fault.of(EVENTS, "a wildcard id (003*)", (world, subject) -> {
                    world.salesforce.publish(ChangeEvent.delete("003*"));
                    world.delete(5);
                }),
                Fault.of(EVENTS, "a malformed id beside good ones", (world, subject) -> {
                    world.deleteToldBy(2, ids -> ChangeEvent.delete(ids[0], "003-no-id", ids[1]));
                    world.delete(5);
                }));
    }

    private static Fault undecodable(String where, int good) {
        return Fault.of(EVENTS, "undecodable payload " + where + " of a burst", (world, subject) -> {
            world.delete(good);
            world.deleteUnseen(1);
            world.salesforce.publishUndecodable();
            world.delete(6 - good);
        });
    }

    private static List<Fault> gaps() {
        return List.of(
                Fault.of(
                        GAPS,
                        "GAP_DELETE of contacts that are gone",
                        (world, subject) -> world.deleteToldBy(5, ChangeEvent::gapDelete)),
                Fault.of(
                        GAPS,
                        "GAP_DELETE of contacts that live",
                        (world, subject) -> world.salesforce.publish(
                                ChangeEvent.gapDelete(world.living(5).toArray(String[]::new)))),
                Fault.of(GAPS, "GAP_OVERFLOW", (world, subject) -> {
                    world.deleteUnseen(50);
                    world.salesforce.publish(ChangeEvent.gapOverflow());
                }),
                Fault.of(GAPS, "position lost: replayid.corrupted", (world, subject) -> {
                    world.salesforce.invalidateReplayIds();
                    world.salesforce.completeStream();
                    world.delete(5);
                }),
                Fault.of(GAPS, "position lost: replayid.validation.failed", (world, subject) -> {
                    world.salesforce.failReplayValidation(true);
                    world.salesforce.cutTcp();
                    world.delete(5);
                    lasts(Duration.ofMinutes(2));
                    world.salesforce.failReplayValidation(false);
                }),
                Fault.of(GAPS, "position expired while connected to nothing", (world, subject) -> {
                    world.salesforce.unavailable(true);
                    world.delete(5);
                    world.salesforce.expireReplay();
                    world.salesforce.unavailable(false);
                }),
                Fault.of(GAPS, "down for 100 hours", (world, subject) -> {
                    subject.terminate();
                    world.delete(50);
                    world.salesforce.expireReplay();
                    subject.start();
                }),
                Fault.of(GAPS, "down for 100 hours, and the Recycle Bin emptied", (world, subject) -> {
                    subject.terminate();
                    world.salesforce.purge(world.delete(50).toArray(String[]::new));
                    Instant deleted = Instant.now();
                    world.salesforce.expireReplay();
                    subject.start();
                    // Only the delete log knows of them, and it is told of in whole minutes, which no scale divides.
                    while (!Instant.now().truncatedTo(ChronoUnit.MINUTES).isAfter(deleted)) {
                        lasts(Duration.ofSeconds(1));
                    }
                }));
    }

    // ---- Talkdesk

    private static List<Fault> answers() {
        return List.of(
                answer("202, nothing deleted yet", Answer.status(202).withoutDeleting()),
                answer(
                        "200 with an empty body, nothing deleted",
                        Answer.normal().withoutDeleting().empty()),
                answer(
                        "200 without totals, nothing deleted",
                        Answer.normal().withoutDeleting().withoutTotals()),
                answer("200 with the web page of a proxy", Answer.html()),
                Fault.of(ANSWERS, "200 with has_errors: one record of ten cannot be deleted", (world, subject) -> {
                    List<String> ids = world.deleteUnseen(10);
                    world.talkdesk.undeletable(ids.get(4));
                    world.excuse(ids.get(4));
                    world.salesforce.publish(ChangeEvent.delete(ids.toArray(String[]::new)));
                }),
                Fault.of(ANSWERS, "200 with has_errors that names no record", (world, subject) -> {
                    world.talkdesk.failedRecordsAre(FailedRecords.OMITTED);
                    List<String> ids = world.deleteUnseen(10);
                    world.talkdesk.undeletable(ids.get(4));
                    world.excuse(ids.get(4));
                    world.salesforce.publish(ChangeEvent.delete(ids.toArray(String[]::new)));
                }),
                Fault.of(
                        ANSWERS,
                        "200 that counts fewer than were sent",
                        (world, subject) -> world.deleteToldBy(
                                5,
                                ids -> ChangeEvent.delete(Stream.concat(Stream.of(ids), Stream.of(ContactIds.next()))
                                        .toArray(String[]::new)))),
                Fault.of(ANSWERS, "400 because of one item of ten", (world, subject) -> {
                    List<String> ids = world.deleteUnseen(10);
                    world.talkdesk.refuses(ids.get(4));
                    world.excuse(ids.get(4));
                    world.salesforce.publish(ChangeEvent.delete(ids.toArray(String[]::new)));
                }),
                Fault.of(ANSWERS, "401: the token was revoked", (world, subject) -> {
                    world.talkdesk.revokeTokens();
                    world.delete(5);
                }),
                lasting("403 for ten minutes", Answer.status(403)),
                Fault.of(ANSWERS, "404: the list is gone for ten minutes", (world, subject) -> {
                    world.talkdesk.onList(World.LIST).gone();
                    world.delete(5);
                    lasts(Duration.ofMinutes(10));
                    world.talkdesk.onList(World.LIST).backAgain();
                }),
                lasting(
                        "404 for ten minutes, the web page of a gateway",
                        Answer.status(404).body("<html>No such page</html>", "text/html")),
                Fault.of(ANSWERS, "404 where none of the records is in the list", (world, subject) -> {
                    world.talkdesk.notFoundWhenNothingMatches(true);
                    world.salesforce.publish(ChangeEvent.delete(ContactIds.next()));
                    world.delete(5);
                }),
                answer("409 once", Answer.status(409)),
                answer("429 with Retry-After", Answer.status(429).retryAfter(Duration.ofSeconds(1))),
                answer("500 once", Answer.status(500)),
                answer("503 once", Answer.status(503)),
                answer("the connection is reset", Answer.reset()),
                answer("the connection is reset after deleting", Answer.reset().afterDeleting()),
                answer("no answer within 30 s", Answer.hang()),
                answer("no answer within 30 s, but deleted", Answer.hang().afterDeleting()),
                answer("an answer that breaks off, but deleted", Answer.normal().truncated()));
    }

    private static Fault answer(String name, Answer answer) {
        return Fault.of(ANSWERS, name, (world, subject) -> {
            world.talkdesk.answer(answer);
            world.delete(5);
            lasts(Duration.ofSeconds(40));
        });
    }

    private static Fault lasting(String name, Answer answer) {
        return Fault.of(ANSWERS, name, (world, subject) -> {
            world.talkdesk.always(answer);
            world.delete(5);
            lasts(Duration.ofMinutes(10));
            world.talkdesk.answerNormally();
        });
    }

    private static List<Fault> outages() {
        return List.of(
                Fault.of(OUTAGES, "down for five minutes", (world, subject) -> {
                    world.talkdesk.stopListening();
                    world.delete(20);
                    lasts(Duration.ofMinutes(5));
                    world.talkdesk.listenAgain();
                }),
                Fault.of(OUTAGES, "rate limited for five minutes", (world, subject) -> {
                    world.talkdesk.always(Answer.status(429));
                    world.delete(20);
                    lasts(Duration.ofMinutes(5));
                    world.talkdesk.answerNormally();
                }),
                Fault.of(OUTAGES, "slow: 20 s a call, for five minutes", (world, subject) -> {
                    world.talkdesk.latency(Scale.of(Duration.ofSeconds(20)));
                    for (int i = 0; i < 15; i++) {
                        world.delete(10);
                        lasts(Duration.ofSeconds(20));
                    }
                    world.talkdesk.latency(Duration.ZERO);
                }));
    }

    // ---- the process and what is under it

    private static List<Fault> process() {
        return List.of(
                Fault.ours(PROCESS, "SIGKILL at twenty random moments", (world, subject) -> {
                    Random random = new Random(SEED);
                    world.talkdesk.latency(Duration.ofMillis(5));
                    for (int i = 0; i < 20; i++) {
                        List<String> ids = world.deleteUnseen(40);
                        world.salesforce.publishDelete(ids);
                        lasts(Duration.ofMillis(random.nextInt(3_000 * Scale.FACTOR)));
                        subject.kill();
                        subject.launch();
                    }
                }),
                Fault.ours(PROCESS, "SIGTERM while busy", (world, subject) -> {
                    world.talkdesk.latency(Duration.ofMillis(200));
                    world.salesforce.publishDelete(world.deleteUnseen(500));
                    lasts(Duration.ofSeconds(6));
                    subject.terminate();
                    world.talkdesk.latency(Duration.ZERO);
                    subject.start();
                }),
                Fault.ours(PROCESS, "SIGSTOP for a minute", (world, subject) -> {
                    subject.signal("STOP");
                    world.delete(10);
                    lasts(Duration.ofMinutes(1));
                    subject.signal("CONT");
                }));
    }

    private static List<Fault> database() {
        return List.of(stoppedDatabase(), fullDisk(), wrongClock());
    }

    private static Fault stoppedDatabase() {
        Postgres postgres = new Postgres();
        return Fault.ours(DATABASE, "PostgreSQL stopped for a minute", (world, subject) -> {
                    world.delete(10);
                    postgres.stop();
                    world.delete(10);
                    lasts(Duration.ofMinutes(1));
                    postgres.start();
                })
                .with((world, service) -> {
                    postgres.start();
                    service.with("store.url", postgres.url());
                    return postgres;
                });
    }

    private static Fault fullDisk() {
        SmallDisk disk = new SmallDisk();
        return Fault.ours(DATABASE, "disk full for a minute (SQLite)", (world, subject) -> {
                    disk.fill();
                    world.salesforce.publishDelete(world.deleteUnseen(500));
                    lasts(Duration.ofMinutes(1));
                    disk.makeRoom();
                })
                .with((world, service) -> {
                    disk.mount(Files.createDirectories(world.folder.resolve("disk")));
                    service.with("store.url", "jdbc:sqlite:" + world.folder.resolve("disk/recordsync.db"));
                    return disk;
                });
    }

    private static Fault wrongClock() {
        AtomicReference<ShiftedClock> clock = new AtomicReference<>();
        return Fault.ours(DATABASE, "clock set back an hour", (world, subject) -> {
                    world.delete(10);
                    clock.get().shift(Duration.ofHours(-1));
                    world.delete(10);
                    lasts(Duration.ofMinutes(1));
                })
                .with((world, service) -> {
                    try {
                        clock.set(new ShiftedClock(world.folder));
                    } catch (IOException e) {
                        throw new NotRun("not run: needs a C compiler (Debian: gcc)");
                    }
                    clock.get().of(service);
                    return () -> {};
                });
    }
}
