package io.recordsync.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Starting processes of Java, and what Linux tells of processes and of the machine. */
final class Processes {

    static final Path FOLDER = Path.of("target/benchmark");

    private Processes() {}

    /** The command for a class of the tests. */
    static List<String> java(List<String> options, Class<?> main, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-cp", "target/test-classes:target/lib/*:target/stock-lib/*", main.getName()));
        command.addAll(arguments);
        return command;
    }

    static Path log(String name) throws IOException {
        return Files.createTempFile(Files.createDirectories(FOLDER), name + "-", ".log");
    }

    /** User and system time, to ten milliseconds. */
    static double cpuSeconds(ProcessHandle process) {
        return process.info().totalCpuDuration().orElseThrow().toNanos() / 1e9;
    }

    static double residentMebibytes(ProcessHandle process) throws IOException {
        return status(process, "VmRSS:") / 1024.0;
    }

    static long threads(ProcessHandle process) throws IOException {
        return status(process, "Threads:");
    }

    static long handles(ProcessHandle process) throws IOException {
        try (Stream<Path> open = Files.list(of(process, "fd"))) {
            return open.count();
        }
    }

    /** The {@code -X…} options of a process that runs. */
    static List<String> heapOptions(ProcessHandle process) throws IOException {
        return Stream.of(Files.readString(of(process, "cmdline")).split("\0"))
                .filter(option -> option.startsWith("-Xmx"))
                .toList();
    }

    /** Of all cores since the boot: the time that they were busy, and all time, in one unit. */
    static long[] machine() throws IOException {
        String[] numbers = Files.readAllLines(Path.of("/proc/stat"))
                .get(0)
                .substring(3)
                .strip()
                .split(" +");
        long all = 0;
        // user, nice, system, idle, iowait, irq, softirq, steal; guests are in the first two already.
        for (int i = 0; i < 8; i++) {
            all += Long.parseLong(numbers[i]);
        }
        return new long[] {all - Long.parseLong(numbers[3]) - Long.parseLong(numbers[4]), all};
    }

    private static long status(ProcessHandle process, String key) throws IOException {
        for (String line : Files.readAllLines(of(process, "status"))) {
            if (line.startsWith(key)) {
                return Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        throw new IOException("Process " + process.pid() + " tells no " + key);
    }

    private static Path of(ProcessHandle process, String file) {
        return Path.of("/proc", Long.toString(process.pid()), file);
    }
}
