package io.recordsync;

import io.recordsync.config.Configuration;
import io.recordsync.inbox.InboxException;
import io.recordsync.inbox.Store;
import io.recordsync.inbox.database.Backup;
import java.nio.file.Path;
import java.util.List;

/**
 * The command {@code backup FILE}: writes a copy of the SQLite file that the configuration names, and verifies it, whether the
 * service runs or not.
 *
 * <p>Of the configuration it needs the keys of the store only. Exit codes: 0; 1 with a line on stderr for each mistake in the
 * configuration, or for what failed; 2 with the usage on stderr when the command line is wrong.
 */
final class BackupCommand {

    private static final String USAGE =
            "usage: backup FILE (a file of that name is replaced once the copy is verified)";

    private BackupCommand() {}

    /** @return the exit code */
    static int run(List<String> arguments) {
        if (arguments.size() != 1
                || arguments.get(0).isBlank()
                || arguments.get(0).startsWith("-")) {
            System.err.println(USAGE);
            return 2;
        }
        Configuration read = Configuration.read();
        List<String> mistakes = read.mistakes(FoundDatabase.KEYS);
        if (!mistakes.isEmpty()) {
            mistakes.forEach(System.err::println);
            return 1;
        }
        // The script runs us in the service's folder, and says from where it was called.
        Path target = Path.of(System.getProperty("called.from", "")).resolve(arguments.get(0));
        try {
            Backup backup = Store.backUp(FoundDatabase.of(read), target);
            System.out.println(
                    backup.deletions() + " deletions are in " + target + " (" + backup.bytes() + " bytes, verified)");
            return 0;
        } catch (InboxException | IllegalArgumentException e) {
            System.err.println(
                    "No backup was made: " + String.valueOf(e.getMessage()).replaceAll("\\s*\\R\\s*", " "));
            return 1;
        }
    }
}
