package io.recordsync.packages;

import io.recordsync.stories.Programs;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * The root of a Debian with a JRE and systemd, which {@code .ci/debian-root} makes once for all tests of a JVM; it needs root.
 *
 * <p>{@code -Ddebian.root=DIR} names one that was made before, which saves a minute or two.
 */
final class DebianRoot {

    private static Path made;

    private DebianRoot() {}

    /** Not to be changed: a test takes a copy. */
    static synchronized Path made() throws Exception {
        Programs.require("debootstrap");
        requireRoot();
        String earlier = System.getProperty("debian.root");
        if (earlier != null) {
            return Path.of(earlier);
        }
        if (made == null) {
            // Not in target, which a plugin of Camel reads through.
            Path folder = Files.createTempDirectory("debian");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> Command.of("rm", "-rf", folder.toString())
                    .tryRun()));
            // A folder in it: its own mode lets no other account in, and as "/" it would keep D-Bus from starting.
            Path root = folder.resolve("root");
            Command.of(".ci/debian-root", root.toString()).run();
            made = root;
        }
        return made;
    }

    private static void requireRoot() {
        boolean root = "root".equals(System.getProperty("user.name"));
        if (!root && "1".equals(System.getenv("RECORDSYNC_ALL_TESTS"))) {
            Assertions.fail("RECORDSYNC_ALL_TESTS=1 lets no test be skipped, and this one needs root");
        }
        Assumptions.assumeTrue(root, "a Debian of its own needs root");
    }

    /** A copy of it. */
    static void copy(Path to) throws Exception {
        Command.of("cp", "-a", made().toString(), to.toString()).run();
    }
}
