package io.recordsync.benchmark;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** async-profiler within a process that runs, begun and ended from outside: the start and the warm-up are not in it. */
final class Profiler {

    /** What a sample stands for. */
    enum Event {
        /** A millisecond of a processor's time. */
        CPU("event=cpu,interval=1ms"),
        /** A moment of a thread, whether it computes or waits. */
        WALL("event=wall,interval=2ms");

        private final String options;

        Event(String options) {
            this.options = options;
        }
    }

    private final long process;
    private final Path agent;
    private final Path file;

    private Profiler(long process, Path agent, Path file) {
        this.process = process;
        this.agent = agent;
        this.file = file;
    }

    static Profiler start(Subject subject, Event event) throws IOException, InterruptedException {
        Path folder = Files.createDirectories(Processes.FOLDER).toAbsolutePath();
        Path file = Files.createTempFile(folder, "profile-" + event + "-", ".collapsed");
        Profiler profiler = new Profiler(subject.handle().pid(), agent(folder), file);
        profiler.command("start," + event.options);
        return profiler;
    }

    Profile stop() throws IOException, InterruptedException {
        command("stop,collapsed,file=" + file);
        Options.say("the profile is " + file);
        return Profile.of(file);
    }

    private static Path agent(Path folder) throws IOException {
        String architecture = System.getProperty("os.arch").equals("aarch64") ? "arm64" : "x64";
        Path agent = folder.resolve("libasyncProfiler.so");
        try (InputStream library =
                Profiler.class.getResourceAsStream("/linux-" + architecture + "/libasyncProfiler.so")) {
            if (library == null) {
                throw new IOException("async-profiler has no library for " + System.getProperty("os.arch"));
            }
            Files.copy(library, agent, StandardCopyOption.REPLACE_EXISTING);
        }
        return agent;
    }

    private void command(String options) throws IOException, InterruptedException {
        Process jcmd = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        Long.toString(process),
                        "JVMTI.agent_load",
                        agent.toString(),
                        // Else jcmd would take what has a = for an option of its own.
                        "\"" + options + "\"")
                .redirectErrorStream(true)
                .start();
        String answer = new String(jcmd.getInputStream().readAllBytes());
        if (jcmd.waitFor() != 0 || !answer.contains("return code: 0")) {
            throw new IOException("async-profiler refused %s: %s".formatted(options, answer));
        }
    }
}
