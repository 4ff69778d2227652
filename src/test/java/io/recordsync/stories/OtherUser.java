package io.recordsync.stories;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/**
 * A user without rights, as whom a process is run where the tests run as root, whom nothing is forbidden; the tests' own user
 * otherwise.
 */
final class OtherUser {

    private static final int NOBODY = 65_534;

    private static final String MOUNT = "mount -t tmpfs -o ro,noexec tmpfs \"$0\" && exec \"$@\"";

    private final boolean root = "root".equals(System.getProperty("user.name"));
    private final List<String> mounting;

    OtherUser() {
        this(List.of());
    }

    private OtherUser(List<String> mounting) {
        this.mounting = mounting;
    }

    /** What stands before a command. */
    List<String> running() {
        if (!root) {
            return List.of();
        }
        List<String> command = new ArrayList<>(mounting);
        command.addAll(List.of(
                Programs.require("setpriv").toString(), "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups"));
        return command;
    }

    /** The same one, for whom a file system that is read-only and allows no programs lies over a folder; only root may mount it. */
    OtherUser beforeReadOnly(Path folder) throws IOException, InterruptedException {
        List<String> mount = List.of("unshare", "--mount", "sh", "-c", MOUNT, folder.toString());
        List<String> attempt = new ArrayList<>(mount);
        attempt.add("true");
        Assumptions.assumeTrue(
                root && new ProcessBuilder(attempt).start().waitFor() == 0, "a file system can be mounted");
        return new OtherUser(mount);
    }

    String name() {
        return root ? "nobody" : System.getProperty("user.name");
    }

    /** Makes it the user's own. */
    Path own(Path path) throws IOException {
        if (root) {
            Files.setAttribute(path, "unix:uid", NOBODY);
            Files.setAttribute(path, "unix:gid", NOBODY);
        }
        return path;
    }

    /** Everybody may read it, and the user may not write it. */
    Path keepFrom(Path path) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("r-xr-xr-x"));
        return path;
    }
}
