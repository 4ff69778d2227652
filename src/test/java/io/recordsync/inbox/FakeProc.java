package io.recordsync.inbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A {@code /proc} in a folder, as Linux 6.1 lays it out: a test says which kernel, namespaces and processes it shows. */
final class FakeProc {

    private final Path folder;

    FakeProc(Path folder) throws IOException {
        this.folder = folder;
        boot("3a1f0c52-8d7e-4b0a-9c51-2f6f1b7f5a10")
                .host("node-1")
                .up(1_000_000)
                .mounted("rw");
    }

    Path path() {
        return folder;
    }

    FakeProc boot(String id) throws IOException {
        return file("sys/kernel/random/boot_id", id + "\n");
    }

    FakeProc host(String name) throws IOException {
        return file("sys/kernel/hostname", name + "\n");
    }

    FakeProc up(long millis) throws IOException {
        return file("uptime", "%d.%02d 77.10%n".formatted(millis / 1000, millis % 1000 / 10));
    }

    FakeProc mounted(String options) throws IOException {
        mounts = "22 27 0:21 / /proc rw,nosuid,nodev,noexec,relatime shared:5 - proc proc " + options + "\n";
        return this;
    }

    private String mounts;

    FakeProc process(long pid, long start) throws IOException {
        return file(
                pid + "/stat",
                "%d (java) (x) S 1 %d %d 0 -1 4194560 9 0 0 0 5 6 0 0 20 0 33 0 %d 41 8 0 0\n"
                        .formatted(pid, pid, pid, start));
    }

    /** Which of them reads, in which namespaces. */
    FakeProc self(long pid, String pidNamespace, String timeNamespace) throws IOException {
        link("self", Long.toString(pid));
        file(pid + "/status", "Name:\tjava\nNSpid:\t" + pid + "\n");
        file(pid + "/mountinfo", mounts);
        Files.createDirectories(folder.resolve(pid + "/ns"));
        link(pid + "/ns/pid", pidNamespace);
        link(pid + "/ns/time", timeNamespace);
        return this;
    }

    FakeProc gone(long pid) throws IOException {
        Files.delete(folder.resolve(pid + "/stat"));
        for (String file : new String[] {"status", "mountinfo", "ns/pid", "ns/time", "ns", ""}) {
            Files.deleteIfExists(folder.resolve(pid + "/" + file));
        }
        return this;
    }

    FakeProc file(String name, String content) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
        return this;
    }

    void remove(String name) throws IOException {
        Files.delete(folder.resolve(name));
    }

    private void link(String name, String target) throws IOException {
        Path link = folder.resolve(name);
        Files.deleteIfExists(link);
        Files.createSymbolicLink(link, Path.of(target));
    }
}
