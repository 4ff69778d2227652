package io.recordsync;

import io.recordsync.config.Configuration;
import io.recordsync.files.OwnFiles;
import io.recordsync.files.Refusal;
import io.recordsync.inbox.JdbcLedger;
import io.recordsync.inbox.Ledger.ProblemEntry;
import io.recordsync.inbox.Store;
import io.recordsync.ops.support.Installation;
import io.recordsync.ops.support.Questions;
import io.recordsync.ops.support.SupportArchive;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The command {@code support FILE}: writes one zip for a report of a fault, of the service that runs, or what can be had of one that
 * does not: version, configuration without secrets, status, counts, the last lines of the log, threads. It changes nothing.
 *
 * <p>Exit codes: 0; 1 with a line on stderr when no archive could be written; 2 with the usage on stderr when the command line is
 * wrong.
 */
final class SupportCommand {

    private static final String USAGE = "usage: support FILE (a zip that is not there yet)";
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final long LOOK_EVERY_MILLIS = 100;
    private static final int MAX_PROBLEMS = 100;

    private final Configuration configuration;
    private final Questions questions;

    private SupportCommand(Configuration configuration) {
        this.configuration = configuration;
        this.questions = new Questions(Path.of(configuration.value("data.folder")), Clock.systemUTC());
    }

    /** @return the exit code */
    static int run(List<String> arguments) {
        if (arguments.size() != 1
                || arguments.get(0).isBlank()
                || arguments.get(0).startsWith("-")) {
            System.err.println(USAGE);
            return 2;
        }
        // The script runs us in the service's folder, and says from where it was called.
        Path target = Path.of(System.getProperty("called.from", "")).resolve(arguments.get(0));
        OutputStream file;
        try {
            file = OwnFiles.newFile(target);
        } catch (FileAlreadyExistsException e) {
            return refuse(target, "is there already (expected a new file)");
        } catch (IOException e) {
            return refuse(target, Refusal.words(target, e));
        }
        try {
            new SupportCommand(Configuration.read()).write(file);
        } catch (IOException e) {
            target.toFile().delete();
            return refuse(target, Refusal.words(target, e));
        }
        System.out.println(target + " is written; look into it before you send it");
        return 0;
    }

    private static int refuse(Path target, String reason) {
        System.err.println("No archive was written: " + target + ": " + reason);
        return 1;
    }

    private void write(OutputStream file) throws IOException {
        Installation installation =
                new Installation(configuration, RoutePlaces.ofProcess().toString());
        try (SupportArchive archive = new SupportArchive(file, installation.scrubbing())) {
            installation.addTo(archive);
            archive.add("counts.txt", this::counts);
            String running = ask(archive);
            archive.add("running.txt", () -> running + "\n");
            System.out.println(running);
        }
    }

    private String counts() {
        try (Store store = Store.openToRead(FoundDatabase.of(configuration))) {
            JdbcLedger ledger = new JdbcLedger(store);
            List<String> lines = new ArrayList<>();
            lines.add("deletions " + sorted(ledger.counts()));
            lines.add("deleted, by how it is known " + sorted(ledger.confirmations()));
            ledger.recordLists().forEach(list -> lines.add("list " + list));
            for (ProblemEntry problem : ledger.problems(MAX_PROBLEMS)) {
                lines.add("problem " + problem.at() + " " + problem.kind() + " " + problem.message());
            }
            return String.join("\n", lines) + "\n";
        }
    }

    private static String sorted(Map<?, Long> counts) {
        return counts.entrySet().stream()
                .map(count -> count.getKey() + "=" + count.getValue())
                .sorted()
                .collect(Collectors.joining(", "));
    }

    /** @return what became of it, for a person */
    private String ask(SupportArchive archive) throws IOException {
        String question;
        try {
            question = questions.ask();
        } catch (IOException e) {
            return "The service was not asked: data.folder " + configuration.value("data.folder") + ": "
                    + Refusal.words(Path.of(configuration.value("data.folder")), e)
                    + " (call this as the user that the service runs as)";
        }
        try {
            Optional<Path> answer = await(question);
            if (answer.isEmpty()) {
                return "No service answered within " + PATIENCE.toSeconds()
                        + " s: it does not run with this data folder, or hangs; what can be had without it is in the archive";
            }
            archive.addAll("service", answer.get());
            return "The service that runs has answered";
        } finally {
            questions.forget(question);
        }
    }

    private Optional<Path> await(String question) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        Optional<Path> answer = questions.answered(question);
        while (answer.isEmpty() && System.nanoTime() - end < 0) {
            try {
                Thread.sleep(LOOK_EVERY_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return answer;
            }
            answer = questions.answered(question);
        }
        return answer;
    }
}
