package io.recordsync.demo;

import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * The contacts of the demo, in Salesforce and on Talkdesk's record lists, and what people do with them.
 *
 * <p>Every contact is on every list. A file notes who came and who went, so that a later run has the same contacts: a
 * list then holds every contact but those that the service's ledger says it removed. Not thread-safe.
 */
final class World {

    private final SalesforceSimulator salesforce;
    private final TalkdeskSimulator talkdesk;
    private final List<String> lists;
    private final Path journal;
    private final Random random;
    private final List<String> living;

    /** @param ledger what earlier runs of the service removed */
    World(
            SalesforceSimulator salesforce,
            TalkdeskSimulator talkdesk,
            List<String> lists,
            Path journal,
            Ledger ledger,
            Random random)
            throws IOException {
        this.salesforce = salesforce;
        this.talkdesk = talkdesk;
        this.lists = lists;
        this.journal = journal;
        this.random = random;
        Set<String> created = new LinkedHashSet<>();
        Set<String> gone = new HashSet<>();
        for (String line : Files.exists(journal) ? Files.readAllLines(journal) : List.<String>of()) {
            (line.startsWith("+") ? created : gone).add(line.substring(1));
        }
        living = new ArrayList<>(created);
        living.removeAll(gone);
        salesforce.restoreContacts(living, gone);
        for (String list : lists) {
            talkdesk.addList(list, "EXTERNAL");
            Set<String> left = new LinkedHashSet<>(created);
            left.removeAll(ledger.removedFrom(list));
            talkdesk.addRecords(list, "salesforce", left);
        }
    }

    int size() {
        return living.size();
    }

    void create(int contacts) {
        List<String> ids = salesforce.createContacts(contacts);
        lists.forEach(list -> talkdesk.addRecords(list, "salesforce", ids));
        note("+", ids);
        living.addAll(ids);
    }

    void edit(int contacts) {
        for (int i = 0; i < contacts && !living.isEmpty(); i++) {
            salesforce.updateContact(anyone());
        }
    }

    void delete(int contacts) {
        List<String> ids = new ArrayList<>();
        while (ids.size() < contacts && !living.isEmpty()) {
            String id = anyone();
            living.remove(id);
            ids.add(id);
        }
        delete(ids);
    }

    /** Two contacts become one: the other is deleted. */
    void merge() {
        if (living.size() > 1) {
            String loser = anyone();
            living.remove(loser);
            salesforce.mergeContacts(anyone(), loser);
            note("-", List.of(loser));
        }
    }

    /** Deletes a contact that Talkdesk will refuse to remove from one list. */
    void deleteRefused() {
        if (!living.isEmpty()) {
            String id = anyone();
            talkdesk.onList(lists.get(0)).refuses(id);
            living.remove(id);
            delete(List.of(id));
        }
    }

    /** At once: told one by one, so many could take longer than the guard looks back. */
    private void delete(List<String> ids) {
        salesforce.deleteContactsUnseen(ids);
        salesforce.publishDelete(ids);
        note("-", ids);
    }

    private String anyone() {
        return living.get(random.nextInt(living.size()));
    }

    /** Noted after it was published: killed in between, the contact is deleted a second time, which does no harm. */
    private void note(String sign, Collection<String> ids) {
        try {
            Files.write(
                    journal,
                    ids.stream().map(id -> sign + id).toList(),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + journal, e);
        }
    }
}
