package io.recordsync.doctor;

import io.recordsync.inbox.InboxException;
import io.recordsync.inbox.Store;
import io.recordsync.inbox.StoreInUseException;
import io.recordsync.inbox.database.Database;

/** Whether the database can be opened and written. */
public final class StoreExam implements Exam {

    private static final String CHECK = "store";

    private final Database database;

    public StoreExam(Database database) {
        this.database = database;
    }

    @Override
    public void examine(Findings findings) {
        try {
            Store.probe(database);
            findings.ok(CHECK, "can be written");
        } catch (StoreInUseException e) {
            findings.skip(CHECK, "in use by a running service: not checked");
        } catch (InboxException | IllegalArgumentException e) {
            findings.fail(
                    CHECK,
                    e.getMessage().replaceAll("\\s*\\R\\s*", " ") + " → check store.url, store.user and"
                            + " store.password, and the rights on the file");
        }
    }
}
