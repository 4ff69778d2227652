package io.recordsync.benchmark;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.util.Arrays;
import java.util.List;

/** The process of the simulators, and the way to tell it what to do. Not thread-safe. */
final class Simulators implements AutoCloseable {

    /** Room for every event of a row from the start: the heap need not grow, nor be cleaned whole, while somebody is measured. */
    private static final List<String> OPTIONS = List.of("-Xms4g", "-Xmx4g", "-XX:+UseParallelGC");

    final String loginUrl;
    final String pubsubPort;
    final String talkdeskUrl;
    final String recordLists;
    private final Process process;
    private final BufferedReader answers;
    private final BufferedWriter commands;

    Simulators(int lists) throws IOException {
        process = new ProcessBuilder(Processes.java(OPTIONS, SimulatorProcess.class, List.of()))
                .redirectError(Processes.log("simulators").toFile())
                .start();
        answers = new BufferedReader(new InputStreamReader(process.getInputStream()));
        commands = new BufferedWriter(new OutputStreamWriter(process.getOutputStream()));
        String[] at = line().split(" ");
        loginUrl = at[0];
        pubsubPort = at[1];
        talkdeskUrl = at[2];
        recordLists = ask("lists", lists);
    }

    /** Gives a command and waits for its answer. */
    String ask(Object... words) throws IOException {
        List<String> texts = Arrays.stream(words).map(Object::toString).toList();
        commands.write(String.join(" ", texts));
        commands.newLine();
        commands.flush();
        String answer = line();
        if (!answer.startsWith("ok")) {
            throw new IllegalStateException("The simulators could not " + String.join(" ", texts) + ": " + answer);
        }
        return answer.substring(2).strip();
    }

    long[] numbers(Object... words) throws IOException {
        return Arrays.stream(ask(words).split(" ")).mapToLong(Long::parseLong).toArray();
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    private String line() throws IOException {
        String line = answers.readLine();
        if (line == null) {
            throw new IOException("The simulators ended; see target/benchmark/simulators-*.log");
        }
        return line;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
