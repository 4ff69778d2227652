package io.recordsync.demo;

import io.grpc.Status;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.Answer;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.time.Duration;
import java.util.List;

/**
 * What goes wrong in the demo now and then, one after the other.
 *
 * <p>Each says in words what it does.
 */
final class Trouble {

    private record Fault(String words, Runnable act) {}

    private final List<Fault> faults;
    private int next;

    Trouble(SalesforceSimulator salesforce, TalkdeskSimulator talkdesk, World world) {
        faults = List.of(
                new Fault("Talkdesk answers 503", () -> talkdesk.answers(503)),
                new Fault("Salesforce ends the stream", salesforce::completeStream),
                new Fault("Talkdesk refuses one contact: it will be parked", world::deleteRefused),
                new Fault(
                        "Talkdesk answers 429, Retry-After: 3",
                        () -> talkdesk.answer(Answer.status(429).retryAfter(Duration.ofSeconds(3)))),
                new Fault("The connection to Salesforce is cut", salesforce::cutTcp),
                new Fault(
                        "Talkdesk answers 202, which confirms nothing: it is asked again in 10 s",
                        () -> talkdesk.answer(Answer.status(202).withoutTotals())),
                new Fault(
                        "Talkdesk deletes, but its answer is lost",
                        () -> talkdesk.answer(Answer.reset().afterDeleting())),
                new Fault("Talkdesk revokes its tokens", talkdesk::revokeTokens),
                new Fault(
                        "Salesforce is unavailable for a moment",
                        () -> salesforce.failStream(Status.UNAVAILABLE, "server.unavailable")));
    }

    /** @return what goes wrong now */
    String strike() {
        Fault fault = faults.get(next++ % faults.size());
        fault.act().run();
        return fault.words();
    }
}
