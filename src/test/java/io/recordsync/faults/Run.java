package io.recordsync.faults;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/** One fault on one subject: a calm beginning, the fault, and the wait until everyone is gone or nothing moves any more. */
final class Run {

    /** Of no progress for as long (ten minutes of real time), nothing more is hoped for. */
    private static final Duration HOPE = Scale.of(Duration.ofMinutes(10));

    private static final ObjectMapper JSON = new ObjectMapper();

    private Run() {}

    static Outcome of(Fault fault, World world, Subject subject) throws Exception {
        subject.start();
        world.delete(5);
        if (!allGone(world, Duration.ofSeconds(30))) {
            throw new IllegalStateException(fault.name() + ": lost without any fault\n" + subject.log());
        }
        int before = subject.log().length();
        AtomicReference<String> unwell = new AtomicReference<>();
        Thread watch = watch(subject, unwell);
        fault.injection().happen(world, subject);
        long over = System.nanoTime();
        world.delete(3);
        boolean recovered = allGone(world, HOPE);
        Duration took = Duration.ofNanos(System.nanoTime() - over);
        watch.interrupt();
        watch.join();
        return new Outcome(
                world.lost().size(),
                world.wronglyDeleted().size(),
                world.twice(),
                recovered ? took : null,
                saw(unwell.get(), subject.log().substring(before)));
    }

    /** Waits while there is progress, and a while after that. */
    private static boolean allGone(World world, Duration hope) {
        int left = Integer.MAX_VALUE;
        long progress = System.nanoTime();
        while (true) {
            int now = world.lost().size();
            if (now == 0) {
                return true;
            }
            if (now < left) {
                left = now;
                progress = System.nanoTime();
            }
            if (System.nanoTime() - progress > hope.toNanos()) {
                return false;
            }
            LockSupport.parkNanos(20_000_000);
        }
    }

    private static Thread watch(Subject subject, AtomicReference<String> unwell) {
        Thread thread = new Thread(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                Subject.Health health = subject.health();
                if (health.status() == 503) {
                    unwell.updateAndGet(known -> known == null ? reason(health.body()) : known);
                }
                LockSupport.parkNanos(100_000_000);
            }
        });
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** The first check that is down, in its own words. */
    private static String reason(String body) {
        try {
            for (JsonNode check : JSON.readTree(body).path("checks")) {
                // The context's is down while the process starts or stops, which is the fault's doing.
                if (check.path("status").asText().equals("DOWN")
                        && !check.path("name").asText().equals("context")) {
                    JsonNode words = check.findValue("message");
                    JsonNode error = check.findValue("error.message");
                    return check.path("name").asText()
                            + (words != null ? ": " + words.asText() : error != null ? ": " + error.asText() : "");
                }
            }
            return null;
        } catch (IOException e) {
            return null;
        }
    }

    private static String saw(String unwell, String log) {
        List<String> lines = log.lines()
                .filter(line -> line.contains(" ERROR ") || line.contains(" WARN "))
                .toList();
        String line = lines.stream()
                .filter(l -> l.contains(" ERROR "))
                .findFirst()
                .orElse(lines.isEmpty() ? null : lines.get(0));
        String logged = line == null
                ? ""
                : shortened(line.replaceFirst("^\\S+\\s+.*?(ERROR|WARN)\\s+(?:\\[[^]]*]\\s+)?", "$1 "));
        String health = unwell == null ? "health stayed up" : "health: " + shortened(unwell);
        return health + "; " + (logged.isEmpty() ? "log: nothing" : "log: " + logged);
    }

    private static String shortened(String text) {
        String plain = text.replaceAll("[|\\r\\n]", " ").replaceAll("127\\.0\\.0\\.1:\\d+", "…");
        return plain.length() > 150 ? plain.substring(0, 149) + "…" : plain;
    }
}
