package io.recordsync.benchmark;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;

/**
 * Where a process spent its time, by a flight recording: how often each method was at the top of a sampled stack, and which
 * method of ours was the one nearest to it.
 *
 * <p>Samples of methods that compute, and of SQLite's native code with its waits for the disk; other waits are not in them.
 */
final class HotMethods {

    private final Map<String, Integer> top = new HashMap<>();
    private final Map<String, Integer> ours = new HashMap<>();
    private int samples;

    static HotMethods of(Path recording) throws IOException {
        HotMethods methods = new HotMethods();
        try (RecordingFile file = new RecordingFile(recording)) {
            while (file.hasMoreEvents()) {
                RecordedEvent event = file.readEvent();
                if (event.getStackTrace() != null && counts(event)) {
                    methods.add(event.getStackTrace().getFrames());
                }
            }
        }
        return methods;
    }

    private static boolean counts(RecordedEvent event) {
        return switch (event.getEventType().getName()) {
            case "jdk.ExecutionSample" -> true;
            case "jdk.NativeMethodSample" -> name(event.getStackTrace()
                            .getFrames()
                            .get(0))
                    .startsWith("org.sqlite.");
            default -> false;
        };
    }

    /** All lambdas of a class count as one, whose name is the same each time. */
    private static String name(RecordedFrame frame) {
        String type = frame.getMethod().getType().getName();
        return type.contains("$$Lambda")
                ? type.replaceFirst("\\$\\$Lambda.*", ".lambda")
                : type + "." + frame.getMethod().getName();
    }

    /** Prints the hottest of a recording that is there already. */
    public static void main(String[] args) throws IOException {
        of(Path.of(args[0])).print();
    }

    private void add(List<RecordedFrame> frames) {
        samples++;
        count(frames, name -> true, top);
        count(frames, name -> name.startsWith("io.recordsync."), ours);
    }

    private static void count(List<RecordedFrame> frames, Predicate<String> which, Map<String, Integer> into) {
        frames.stream()
                .map(HotMethods::name)
                .filter(which)
                .findFirst()
                .ifPresent(name -> into.merge(name, 1, Integer::sum));
    }

    void print() {
        System.out.println("Hottest methods, by the top of the stack, of " + samples + " samples:");
        lines(top, 25).forEach(System.out::println);
        System.out.println("Ours, by the nearest to the top:");
        lines(ours, 15).forEach(System.out::println);
    }

    /** Rows of a table: share and method. */
    List<String> tops(int most) {
        return lines(top, most);
    }

    List<String> ours(int most) {
        return lines(ours, most);
    }

    private List<String> lines(Map<String, Integer> counts, int most) {
        List<String> lines = new ArrayList<>();
        counts.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
                .limit(most)
                .forEach(entry ->
                        lines.add("| %.1f %% | `%s` |".formatted(100.0 * entry.getValue() / samples, entry.getKey())));
        return lines;
    }
}
