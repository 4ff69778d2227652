package io.recordsync;

import io.recordsync.config.Configuration;
import io.recordsync.config.InvalidConfiguration;
import io.recordsync.files.DataFolder;
import io.recordsync.inbox.InboxException;
import io.recordsync.inbox.Store;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The places that a service writes to: the data folder, and a SQLite file with what lies beside it. */
final class WritablePlaces {

    private WritablePlaces() {}

    /**
     * Makes the data folder, and proves that this user may write to both. It comes before all else of a start: what fails
     * later for want of it has other names.
     *
     * @param configuration without mistakes
     * @throws InvalidConfiguration naming the first that cannot be written, with the system's reason and the user
     */
    static void require(Configuration configuration) {
        Path folder = Path.of(configuration.value("data.folder"));
        try {
            new DataFolder(folder).prepare();
        } catch (IOException e) {
            throw refused(
                    "%s = %s cannot be written: %s (expected a folder that this user may write to: give it to the user, or set data.folder)"
                            .formatted(configuration.named("data.folder"), folder, e.getMessage()));
        }
        try {
            Store.requireWritable(FoundDatabase.of(configuration));
        } catch (InboxException e) {
            throw refused(
                    e.getMessage()
                            + " (expected a file that this user may write to: give it and its folder to the user, or set store.url)");
        }
    }

    private static InvalidConfiguration refused(String mistake) {
        return new InvalidConfiguration(List.of(mistake));
    }
}
