package io.recordsync.faults;

import static io.recordsync.faults.World.lasts;

import io.recordsync.simulator.salesforce.ChangeEvent;
import io.recordsync.simulator.talkdesk.Answer;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The faults in which contacts are restored before anybody has deleted their records: they live, and must keep them. */
final class RestoredContacts {

    private static final String GROUP = "Contacts that are restored";

    /** The default of delivery.concurrency. */
    private static final int CALLS_AT_A_TIME = 4;

    private RestoredContacts() {}

    static List<Fault> all() {
        return List.of(
                Fault.of(GROUP, "restored while Talkdesk is away for five minutes", (world, subject) -> {
                    world.talkdesk.always(Answer.status(503));
                    List<String> ids = world.delete(50);
                    lasts(Duration.ofMinutes(1));
                    world.restore(ids);
                    lasts(Duration.ofMinutes(4));
                    world.talkdesk.answerNormally();
                }),
                slow(),
                Fault.of(GROUP, "deleted and restored while down", (world, subject) -> {
                    subject.terminate();
                    world.restore(world.delete(50));
                    world.delete(10);
                    subject.start();
                }),
                held("deleted and restored within a second", (world, subject) -> world.restore(world.delete(3))),
                held("restored in what a GAP_OVERFLOW hides", (world, subject) -> {
                    List<String> ids = world.delete(20);
                    lasts(Duration.ofSeconds(30));
                    world.restoreUnseen(ids);
                    world.salesforce.publish(ChangeEvent.gapOverflow());
                }),
                held("restored by an event that cannot be decoded", (world, subject) -> {
                    List<String> ids = world.delete(5);
                    lasts(Duration.ofSeconds(30));
                    world.restoreUnseen(ids);
                    world.salesforce.publishUndecodable();
                }));
    }

    /** The calls that are on the wire last until the restorations are accepted: what is sent then is none of them. */
    private static Fault slow() {
        return Fault.of(GROUP, "restored while a slow Talkdesk works on others", (world, subject) -> {
                    world.talkdesk.holdCalls();
                    int before = world.talkdesk.deleteCount();
                    List<String> ids = world.deleteUnseen(850);
                    world.salesforce.publishDelete(ids);
                    for (int i = 0; i < 100 && world.talkdesk.deleteCount() < before + CALLS_AT_A_TIME; i++) {
                        lasts(Duration.ofSeconds(1));
                    }
                    Set<String> onTheWire = new HashSet<>();
                    world.talkdesk.deletes().forEach(call -> onTheWire.addAll(call.identifiers()));
                    world.restore(
                            ids.stream().filter(id -> !onTheWire.contains(id)).toList());
                    lasts(Duration.ofMinutes(2));
                    world.talkdesk.releaseCalls();
                })
                .with((world, service) -> {
                    service.with("delivery.timeout", "60s");
                    return () -> {};
                });
    }

    /** Ours waits two minutes for a restoration; the stock route has nothing to wait with. */
    private static Fault held(String name, Fault.Injection injection) {
        return Fault.of(GROUP, name, injection).with((world, service) -> {
            service.with("hold.window", Scale.millis(Duration.ofMinutes(2)));
            return () -> {};
        });
    }
}
