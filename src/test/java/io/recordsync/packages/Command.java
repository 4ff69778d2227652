package io.recordsync.packages;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** A command of this machine, without input; what it says on stdout and stderr is read as one. */
record Command(List<String> words) {

    /** How it ended, and what it said. */
    record Ended(int exitCode, String said) {}

    static Command of(String... words) {
        return new Command(List.of(words));
    }

    /** Runs it, and it has to succeed; returns what it said. */
    String run() {
        Ended ended = tryRun();
        assertThat(ended.exitCode())
                .as(String.join(" ", words) + "\n" + ended.said())
                .isZero();
        return ended.said();
    }

    Ended tryRun() {
        try {
            Process process = new ProcessBuilder(words)
                    .redirectInput(Path.of("/dev/null").toFile())
                    .redirectErrorStream(true)
                    .start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Ended(process.waitFor(), said);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
