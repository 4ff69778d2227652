package io.recordsync.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A flight recording of a process that runs, begun and ended from outside: the start and the warm-up are not in it. */
final class FlightRecording {

    private final long process;
    private final Path file;

    private FlightRecording(long process, Path file) {
        this.process = process;
        this.file = file;
    }

    static FlightRecording start(Subject subject) throws IOException, InterruptedException {
        Path file = Files.createTempFile(Files.createDirectories(Processes.FOLDER), "recording-", ".jfr");
        FlightRecording recording = new FlightRecording(subject.handle().pid(), file.toAbsolutePath());
        recording.command("JFR.start", "name=benchmark", "settings=profile");
        return recording;
    }

    HotMethods stop() throws IOException, InterruptedException {
        command("JFR.stop", "name=benchmark", "filename=" + file);
        Options.say("the recording is " + file);
        return HotMethods.of(file);
    }

    private void command(String... words) throws IOException, InterruptedException {
        ProcessBuilder jcmd = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(), Long.toString(process));
        jcmd.command().addAll(List.of(words));
        Process running = jcmd.redirectErrorStream(true).start();
        String answer = new String(running.getInputStream().readAllBytes());
        if (running.waitFor() != 0 || answer.contains("Could not")) {
            throw new IOException("jcmd " + String.join(" ", words) + ": " + answer);
        }
    }
}
