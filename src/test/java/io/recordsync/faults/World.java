package io.recordsync.faults;

import io.recordsync.simulator.salesforce.ChangeEvent;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A Salesforce and a Talkdesk of one run, and what has to be true at its end: who must be gone, who must not.
 *
 * <p>Its contacts live in the simulated org, so that every way of asking Salesforce gives the same answer.
 */
final class World implements AutoCloseable {

    static final String LIST = "list-a";

    final SalesforceSimulator salesforce =
            SalesforceSimulator.builder().patience(Duration.ofSeconds(60)).start();
    final TalkdeskSimulator talkdesk = TalkdeskSimulator.start();
    /** Nobody else uses it. */
    final Path folder;

    private final Set<String> deleted = new LinkedHashSet<>();
    private final Set<String> bystanders = new LinkedHashSet<>();

    World(Path folder) {
        this.folder = folder;
        talkdesk.addList(LIST, "EXTERNAL");
        // Salesforce's 270 s, and its 60 s for the next request.
        salesforce.keepaliveAfter(Scale.of(Duration.ofSeconds(270)));
        bystanders.addAll(living(10));
    }

    /** Contacts with a record in the list, which nobody may delete. */
    List<String> living(int n) {
        List<String> ids = salesforce.createContacts(n);
        talkdesk.addRecords(LIST, "salesforce", ids);
        bystanders.addAll(ids);
        return ids;
    }

    /** Deletes as many new contacts, each told by an event of its own. */
    List<String> delete(int n) {
        List<String> ids = doomed(n);
        ids.forEach(salesforce::deleteContact);
        return ids;
    }

    /** Likewise, but no event tells of them. */
    List<String> deleteUnseen(int n) {
        List<String> ids = doomed(n);
        salesforce.deleteContactsUnseen(ids);
        return ids;
    }

    /** Likewise, told by one event that the caller makes of their ids. */
    void deleteToldBy(int n, java.util.function.Function<String[], ChangeEvent> event) {
        salesforce.publish(event.apply(deleteUnseen(n).toArray(String[]::new)));
    }

    /** Restores contacts that were deleted, each told by an event of its own: they live, and must keep their records. */
    void restore(List<String> ids) {
        ids.forEach(salesforce::undeleteContact);
        live(ids);
    }

    /** Likewise, but no event tells of them. */
    void restoreUnseen(List<String> ids) {
        salesforce.undeleteContactsUnseen(ids);
        live(ids);
    }

    private void live(List<String> ids) {
        ids.forEach(deleted::remove);
        bystanders.addAll(ids);
    }

    private List<String> doomed(int n) {
        List<String> ids = living(n);
        ids.forEach(bystanders::remove);
        deleted.addAll(ids);
        return ids;
    }

    /** That Talkdesk refuses this one is the fault: that it stays is not a loss. */
    void excuse(String id) {
        deleted.remove(id);
    }

    List<String> lost() {
        return deleted.stream().filter(id -> talkdesk.holds(LIST, id)).toList();
    }

    List<String> wronglyDeleted() {
        return bystanders.stream().filter(id -> !talkdesk.holds(LIST, id)).toList();
    }

    int twice() {
        return talkdesk.repeats().size();
    }

    /** The fault lasts this long of real time. */
    static void lasts(Duration real) {
        long end = System.nanoTime() + Scale.of(real).toNanos();
        while (end - System.nanoTime() > 0) {
            LockSupport.parkNanos(Math.min(end - System.nanoTime(), TimeUnit.MILLISECONDS.toNanos(100)));
        }
    }

    @Override
    public void close() {
        talkdesk.close();
        salesforce.close();
    }

    List<String> allDeleted() {
        return new ArrayList<>(deleted);
    }
}
