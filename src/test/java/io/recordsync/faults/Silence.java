package io.recordsync.faults;

import static io.recordsync.faults.World.lasts;

import java.time.Duration;
import java.util.List;

/** The faults in which Salesforce goes quiet, and every answer is a success. */
final class Silence {

    private static final String GROUP = "Silence";
    /** The service's own is a day. */
    private static final Duration PERIOD = Duration.ofMinutes(4);

    private Silence() {}

    static List<Fault> all() {
        return List.of(
                swept("the user loses its sight for ten minutes", (world, subject) -> {
                    world.salesforce.sight(false);
                    world.delete(20);
                    lasts(Duration.ofMinutes(10));
                    world.salesforce.sight(true);
                }),
                swept("the user sees only what it owns, for ten minutes", (world, subject) -> {
                    List<String> owned = world.living(3);
                    world.living(40);
                    lasts(PERIOD.multipliedBy(2));
                    world.salesforce.eventsStop(true);
                    world.salesforce.contactsVisible(owned);
                    world.delete(20);
                    lasts(Duration.ofMinutes(10));
                    world.salesforce.sight(true);
                }),
                swept("events stop for ten minutes, keepalives go on", (world, subject) -> {
                    world.salesforce.eventsStop(true);
                    world.delete(20);
                    lasts(Duration.ofMinutes(10));
                    world.salesforce.eventsStop(false);
                }),
                Fault.of(GROUP, "a list that gets shorter while it is compared", (world, subject) -> {
                            world.deleteUnseen(30);
                            for (int i = 0; i < 20; i++) {
                                world.delete(2);
                                lasts(Duration.ofSeconds(30));
                            }
                        })
                        .with((world, service) -> {
                            world.living(900);
                            service.with("sweep.period", Scale.millis(PERIOD.multipliedBy(4)))
                                    .with("reconcile.schedule", "1m")
                                    .with("talkdesk.scope", "record-lists:manage tod.records-list.manage");
                            return () -> {};
                        }));
    }

    /** A sweep that fails is made again within five minutes: ten without progress end the run. */
    private static Fault swept(String name, Fault.Injection injection) {
        return Fault.of(GROUP, name, injection).with((world, service) -> {
            service.with("sweep.period", Scale.millis(PERIOD))
                    .with("sweep.retry", Scale.millis(Duration.ofSeconds(20)));
            return () -> {};
        });
    }
}
