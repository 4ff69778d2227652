package io.recordsync.doctor;

import io.recordsync.inbox.InboxException;
import io.recordsync.inbox.Store;
import io.recordsync.inbox.StoreAwayException;
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
            Store.probe(database)
                    .ifPresentOrElse(
                            remark -> findings.warn(CHECK, "can be written; " + remark),
                            () -> findings.ok(CHECK, "can be written"));
        } catch (StoreInUseException e) {
            findings.skip(CHECK, "in use by a running service: not checked");
        } catch (StoreAwayException e) {
            findings.fail(CHECK, line(e) + " → a start would end with exit code 75 and may be tried again");
        } catch (InboxException | IllegalArgumentException e) {
            // What was refused says itself what to do.
            String advice = e.getMessage().contains(" cannot be used: ")
                    ? ""
                    : " → check store.url, store.user and store.password, and the rights on the file";
            findings.fail(CHECK, line(e) + advice);
        }
    }

    private static String line(RuntimeException e) {
        return e.getMessage().replaceAll("\\s*\\R\\s*", " ");
    }
}
