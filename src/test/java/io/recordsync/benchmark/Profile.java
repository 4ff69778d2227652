package io.recordsync.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;

/** The stacks that {@link Profiler} met, and how often it met each: of Java, of native code and of the kernel. */
final class Profile {

    /** @param frames the top of the stack first */
    private record Stack(List<String> frames, long samples) {
        boolean has(Predicate<String> frame) {
            return frames.stream().anyMatch(frame);
        }
    }

    private final List<Stack> stacks;

    private Profile(List<Stack> stacks) {
        this.stacks = stacks;
    }

    /** Of lines like {@code bottom;…;top 17}. */
    static Profile of(Path file) throws IOException {
        List<Stack> stacks = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            int space = line.lastIndexOf(' ');
            List<String> frames =
                    new ArrayList<>(Arrays.stream(line.substring(0, space).split(";"))
                            .map(Profile::name)
                            .toList());
            Collections.reverse(frames);
            stacks.add(new Stack(frames, Long.parseLong(line.substring(space + 1))));
        }
        return new Profile(stacks);
    }

    /** All lambdas of a class count as one, and SQLite's library, whose name is another one at each start. */
    private static String name(String frame) {
        return frame.replaceFirst(".*libsqlitejdbc\\.so$", "libsqlitejdbc.so")
                .replace('/', '.')
                .replaceFirst("\\$\\$Lambda.*", ".lambda")
                .replaceFirst("LambdaForm\\$MH.*", "LambdaForm");
    }

    long samples() {
        return stacks.stream().mapToLong(Stack::samples).sum();
    }

    /** What was met most, with its share of all samples. */
    List<Map.Entry<String, Double>> tops(int most) {
        return shares(stack -> stack.frames().get(0), most);
    }

    /** What each sample was for, with its share: the word for the frame nearest to the top that has one. */
    List<Map.Entry<Purpose, Double>> purposes() {
        return shares(
                stack -> stack.frames().stream()
                        .map(Purpose::of)
                        .filter(purpose -> purpose != Purpose.ELSE)
                        .findFirst()
                        .orElse(Purpose.ELSE),
                Integer.MAX_VALUE);
    }

    private <K extends Comparable<K>> List<Map.Entry<K, Double>> shares(Function<Stack, K> key, int most) {
        Map<K, Long> counts = new HashMap<>();
        stacks.forEach(stack -> counts.merge(key.apply(stack), stack.samples(), Long::sum));
        double all = samples();
        return counts.entrySet().stream()
                .map(entry -> Map.entry(entry.getKey(), entry.getValue() / all))
                .sorted(Map.Entry.<K, Double>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(most)
                .toList();
    }

    /** Where the kernel lets nobody look into it, there is nothing of it. */
    boolean kernel() {
        return count(stack -> stack.has(frame -> frame.endsWith("_[k]"))) > 0;
    }

    /** The share of time in which the inbox held its one connection that writes; of a {@link Profiler.Event#WALL} alone. */
    double writing() {
        long writing = count(stack -> stack.has(frame -> frame.equals("io.recordsync.inbox.database.Connections.write"))
                && !stack.has(frame -> frame.equals("com.zaxxer.hikari.HikariDataSource.getConnection")));
        // One thread that is there all the time.
        long moments =
                count(stack -> stack.has(frame -> frame.equals("io.recordsync.salesforce.stream.Subscriber.run")));
        return (double) writing / Math.max(1, moments);
    }

    private long count(Predicate<Stack> which) {
        return stacks.stream().filter(which).mapToLong(Stack::samples).sum();
    }
}
