package io.recordsync;

import io.recordsync.config.Configuration;
import io.recordsync.config.ConfigurationFile;
import io.recordsync.config.InvalidConfiguration;
import io.recordsync.ops.api.OpsFiles;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The command {@code config check}: whether a start would accept the configuration and can read the route files, the file of users and the key store of the page.
 *
 * <p>It starts, opens and changes nothing. Exit codes: 0, with a line for each thing that an operator should know; 1, with a line on
 * stderr for each mistake, in the words of a start.
 */
final class ConfigCheckCommand {

    private ConfigCheckCommand() {}

    /** @return the exit code */
    static int run() {
        RoutePlaces routes = RoutePlaces.ofProcess();
        List<String> mistakes = new ArrayList<>();
        try {
            routes.requireReadable();
        } catch (InvalidConfiguration e) {
            mistakes.addAll(e.mistakes());
        }
        Configuration configuration = Configuration.read();
        mistakes.addAll(configuration.mistakes());
        if (configuration.mistakes().isEmpty()) {
            mistakes.addAll(OpsFiles.mistakes(configuration.settings().ops(), configuration::named, Instant.now()));
        }
        mistakes.forEach(System.err::println);
        configuration.notices().forEach(notice -> System.out.println("note: " + notice));
        if (!mistakes.isEmpty()) {
            return 1;
        }
        System.out.println("The configuration is right: "
                + ConfigurationFile.location().toAbsolutePath() + ", route files " + routes);
        return 0;
    }
}
