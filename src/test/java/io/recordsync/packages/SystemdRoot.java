package io.recordsync.packages;

import static org.awaitility.Awaitility.await;

import io.recordsync.stories.Programs;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A Debian of its own with systemd as its first process, on the network of this machine: {@code systemd-nspawn} on a copy of {@link
 * DebianRoot}. What is done in it stays in it.
 */
final class SystemdRoot implements AutoCloseable {

    private final Path root;
    private final Process nspawn;
    private final long first;

    private SystemdRoot(Path root, Process nspawn, long first) {
        this.root = root;
        this.nspawn = nspawn;
        this.first = first;
    }

    /** @param folder where its root will be */
    static SystemdRoot boot(Path folder) throws Exception {
        Programs.require("systemd-nspawn");
        DebianRoot.copy(folder);
        Process nspawn = new ProcessBuilder(
                        "systemd-nspawn",
                        "-b",
                        "-D",
                        folder.toString(),
                        "--register=no",
                        "--keep-unit",
                        "--console=pipe")
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectErrorStream(true)
                .redirectOutput(Path.of(folder + ".log").toFile())
                .start();
        await().atMost(Duration.ofSeconds(30))
                .until(() -> nspawn.children().findAny().isPresent());
        SystemdRoot booted = new SystemdRoot(
                folder, nspawn, nspawn.children().findAny().orElseThrow().pid());
        try {
            await().atMost(Duration.ofMinutes(3))
                    .until(() ->
                            booted.ask("systemctl", "is-system-running").said().matches("(?s)(running|degraded)\\s*"));
        } catch (RuntimeException e) {
            // One that is left shares its control group with the next, which then does not start.
            String jobs = booted.ask("systemctl", "list-jobs", "--no-pager").said();
            booted.close();
            throw new AssertionError("systemd is not up:\n" + jobs, e);
        }
        return booted;
    }

    /** A file or folder in it, as this machine sees it. */
    Path path(String inside) {
        return root.resolve(inside.substring(1));
    }

    /** Runs a command in it, which has to succeed. */
    String run(String... command) {
        return inside(command).run();
    }

    Command.Ended ask(String... command) {
        return inside(command).tryRun();
    }

    private Command inside(String... command) {
        List<String> all = new ArrayList<>(List.of(
                "nsenter",
                "-a",
                "-t",
                Long.toString(first),
                "env",
                "-i",
                "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                "LC_ALL=C.UTF-8",
                "DEBIAN_FRONTEND=noninteractive"));
        all.addAll(List.of(command));
        return new Command(all);
    }

    /** A property of a unit. */
    String show(String unit, String property) {
        return run("systemctl", "show", "--value", "-p", property, unit).strip();
    }

    String journal(String unit) {
        return run("journalctl", "--no-pager", "-o", "cat", "-u", unit);
    }

    @Override
    public void close() {
        try {
            ask("systemctl", "poweroff");
            if (!nspawn.waitFor(60, TimeUnit.SECONDS)) {
                nspawn.descendants().forEach(ProcessHandle::destroyForcibly);
                nspawn.destroyForcibly().waitFor();
            }
            Command.of("rm", "-rf", root.toString()).run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
