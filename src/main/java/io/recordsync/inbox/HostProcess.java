package io.recordsync.inbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * This process as the Linux kernel knows it, and what the kernel says of another one that ran beside it.
 *
 * <p>A process that lives is never taken for dead: what cannot be proved is not dead. Two processes are comparable when they name
 * the same boot of a kernel, the same PID namespace (its number is given to another one only after all its processes have ended),
 * the same time namespace, which shifts start times, and the same host name. The host must also have been up for as long as the
 * database's clock says since the last heartbeat: a copy of a virtual machine, made from a snapshot, has the same boot and not the
 * same processes. Thread-safe.
 */
final class HostProcess {

    /** What the two clocks may differ by; a snapshot takes longer to be put back. */
    private static final long CLOCK_TOLERANCE_MS = 1_000;
    /** Of {@code /proc/PID/stat}, counted from behind the name of the program, which may hold anything. */
    private static final int STATE = 0;

    private static final int STARTED = 19;

    private static final List<String> SAME = List.of("boot", "host", "pidns", "timens");

    private final Path proc;
    private final long pid;

    /** @param proc where the kernel shows its processes; @param pid of this one */
    HostProcess(Path proc, long pid) {
        this.proc = proc;
        this.pid = pid;
    }

    static HostProcess current() {
        return new HostProcess(Path.of("/proc"), ProcessHandle.current().pid());
    }

    /** As the row of a session keeps it; empty where the kernel does not say, or might be speaking of others. */
    String text() {
        try {
            Map<String, String> fields = new LinkedHashMap<>();
            fields.put("boot", line("sys/kernel/random/boot_id"));
            fields.put("host", line("sys/kernel/hostname"));
            fields.put("pidns", link("self/ns/pid"));
            fields.put(
                    "timens",
                    Files.exists(proc.resolve("self/ns/time"), LinkOption.NOFOLLOW_LINKS)
                            ? link("self/ns/time")
                            : "none");
            fields.put("pid", Long.toString(pid));
            fields.put("start", startOf(pid).orElse(""));
            fields.put("uptime", Long.toString(upMillis()));
            boolean complete = fields.values().stream().noneMatch(value -> value.isEmpty() || value.contains(" "));
            return complete && showsOwnNamespace() ? written(fields) : "";
        } catch (IOException | RuntimeException e) {
            return "";
        }
    }

    /**
     * Whether another process, by what its session says, has ended for certain.
     *
     * @param silentMillis since its last heartbeat, by the database's clock
     */
    boolean provesDead(String other, long silentMillis) {
        Map<String, String> its = parsed(other);
        Map<String, String> mine = parsed(text());
        if (mine.isEmpty() || !its.keySet().equals(mine.keySet())) {
            return false;
        }
        if (!SAME.stream().allMatch(field -> mine.get(field).equals(its.get(field)))) {
            return false;
        }
        try {
            long up = Long.parseLong(mine.get("uptime")) - Long.parseLong(its.get("uptime"));
            return up >= 0 && Math.abs(up - silentMillis) <= CLOCK_TOLERANCE_MS && gone(its);
        } catch (IOException | RuntimeException e) {
            return false;
        }
    }

    /** A pid that another process has now is proof; that none is to be seen is proof where all are shown. */
    private boolean gone(Map<String, String> its) throws IOException {
        Optional<String> found = startOf(Long.parseLong(its.get("pid")));
        return found.isPresent() ? !found.get().equals(its.get("start")) : showsAll();
    }

    /** @return empty where there is no such process */
    private Optional<String> startOf(long process) throws IOException {
        Path folder = proc.resolve(Long.toString(process));
        if (Files.notExists(folder, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        String stat = Files.readString(folder.resolve("stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ");
        if (fields[STATE].isEmpty()) {
            throw new IOException("No state in " + folder.resolve("stat"));
        }
        Long.parseLong(fields[STARTED]);
        return Optional.of(fields[STARTED]);
    }

    /** A {@code /proc} of another namespace, such as the host's in a container, numbers its processes otherwise. */
    private boolean showsOwnNamespace() throws IOException {
        if (!link("self").equals(Long.toString(pid))) {
            return false;
        }
        return Files.readAllLines(proc.resolve("self/status")).stream()
                .filter(line -> line.startsWith("NSpid:"))
                .anyMatch(line -> line.substring("NSpid:".length()).strip().equals(Long.toString(pid)));
    }

    /** Mounted with {@code hidepid} or {@code subset}, as by systemd's {@code ProtectProc}, it hides processes that live. */
    private boolean showsAll() throws IOException {
        boolean mounted = false;
        for (String mount : Files.readAllLines(proc.resolve("self/mountinfo"))) {
            String[] fields = mount.split(" ");
            if (!fields[4].equals("/proc")) {
                continue;
            }
            mounted = true;
            String options = "," + fields[fields.length - 1] + "," + fields[5] + ",";
            boolean whole = mount.contains(" - proc ") && fields[3].equals("/");
            boolean hides = options.contains(",hidepid=")
                    && !options.contains(",hidepid=0,")
                    && !options.contains(",hidepid=off,");
            if (!whole || hides || options.contains(",subset=")) {
                return false;
            }
        }
        return mounted;
    }

    private long upMillis() throws IOException {
        String seconds = line("uptime").split(" ")[0];
        return Math.round(Double.parseDouble(seconds) * 1000);
    }

    private String line(String file) throws IOException {
        return Files.readString(proc.resolve(file)).strip();
    }

    private String link(String file) throws IOException {
        return Files.readSymbolicLink(proc.resolve(file)).toString();
    }

    private static String written(Map<String, String> fields) {
        StringBuilder text = new StringBuilder();
        fields.forEach((name, value) ->
                text.append(text.isEmpty() ? "" : " ").append(name).append('=').append(value));
        return text.toString();
    }

    /** Empty where it is none. */
    private static Map<String, String> parsed(String text) {
        Map<String, String> fields = new LinkedHashMap<>();
        for (String field : text.split(" ")) {
            int sign = field.indexOf('=');
            if (sign > 0) {
                fields.put(field.substring(0, sign), field.substring(sign + 1));
            }
        }
        return fields;
    }
}
