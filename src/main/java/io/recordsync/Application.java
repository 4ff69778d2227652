package io.recordsync;

import io.recordsync.config.Configuration;
import io.recordsync.config.ConfigurationFile;
import io.recordsync.config.InvalidConfiguration;
import io.recordsync.config.Shown;
import io.recordsync.inbox.InboxException;
import io.recordsync.inbox.StoreAwayException;
import io.recordsync.ops.health.Metrics;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;
import org.apache.camel.main.SimpleMainShutdownStrategy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts Camel Main on the routes in {@code routes/} and the configuration in {@code config/}, or the command that is named.
 *
 * <p>Exit codes of the service: 0 after SIGTERM or Ctrl-C at any moment, within 30 seconds; 1 when the configuration has mistakes (one
 * line each on stderr) or the start fails; 75 when the start fails for want of a database that may be there later.
 */
public final class Application {

    private static final String USAGE =
            """
            usage: salesforce-talkdesk-sync             runs the service
                   salesforce-talkdesk-sync doctor      examines whether the service could do its work
                   salesforce-talkdesk-sync receipts …  writes what can be proven of deletions
                   salesforce-talkdesk-sync backup FILE copies the SQLite file, also while the service runs
                   bin/salesforce-talkdesk-sync archive makes the archive of classes that quickens a start""";

    /** {@code EX_TEMPFAIL} of sysexits.h. */
    private static final int TRY_AGAIN = 75;

    private static final int STOP_SECONDS = 28;

    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread starter = Thread.currentThread();
    private volatile int exitCode = 1;
    private volatile boolean started;

    /** Not static: a command says where the log goes before there is one. */
    private final Logger log;

    private final Console console;
    private volatile Optional<ClassArchive> archive = Optional.empty();
    private volatile Main main;

    private Application(Console console) {
        this.console = console;
        // Before anything that takes its time: a signal finds it from the first line on.
        Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "stop"));
        log = LoggerFactory.getLogger(Application.class);
    }

    private Main camel() {
        Main camel = new Main();
        camel.setAppName("salesforce-talkdesk-sync");
        MainDefaults.set(camel, ConfigurationFile.read());
        camel.addMainListener(new MainListenerSupport() {
            @Override
            public void afterStart(BaseMainSupport started) {
                started.getCamelContext()
                        .getRegistry()
                        .findByType(Metrics.class)
                        .forEach(metrics -> metrics.countDroppedLines(console::dropped));
                logStarted(started.getCamelContext());
            }
        });
        // Camel's own would end with 143 on SIGTERM, and wait for a context that never started.
        camel.setShutdownStrategy(new SimpleMainShutdownStrategy());
        return camel;
    }

    public static void main(String[] args) {
        // Camel spells names of the environment by the default locale, where the capital of i may be another letter,
        // and
        // a library may write digits that are not ASCII.
        Locale.setDefault(Locale.ROOT);
        switch (args.length == 0 ? "" : args[0]) {
            case "" -> new Application(Console.open()).run();
            case "doctor" -> System.exit(DoctorCommand.run());
            case "receipts" -> System.exit(ReceiptsCommand.run(List.of(args).subList(1, args.length)));
            case "backup" -> System.exit(BackupCommand.run(List.of(args).subList(1, args.length)));
            case "--help" -> System.out.println(USAGE);
            default -> {
                System.err.println("Unknown command " + args[0] + "\n" + USAGE);
                System.exit(2);
            }
        }
    }

    private void run() {
        try {
            requireFiles();
            archive = ClassArchive.wanted();
            main = camel();
            exitCode = main.run(new String[0]);
        } catch (Exception | LinkageError e) {
            explain(e);
        } finally {
            ended.countDown();
            System.exit(exitCode);
        }
    }

    /** Before Camel takes its seconds; a runtime of another kind asks for what it writes as well. */
    private static void requireFiles() {
        new RouteFiles(MainDefaults.FOLDER).requireReadable();
        Configuration configuration = Configuration.read();
        if (configuration.mistakes().isEmpty()) {
            WritablePlaces.require(configuration);
        }
    }

    private void explain(Throwable failure) {
        for (Throwable link = failure; link != null; link = link.getCause()) {
            if (link instanceof InvalidConfiguration invalid) {
                invalid.mistakes().forEach(System.err::println);
                return;
            }
        }
        System.err.println("The start failed: " + reason(failure));
        exitCode = isAway(failure) ? TRY_AGAIN : 1;
        log.debug("The start failed", failure);
    }

    private static boolean isAway(Throwable failure) {
        for (Throwable link = failure; link != null; link = link.getCause()) {
            if (link instanceof StoreAwayException) {
                return true;
            }
        }
        return false;
    }

    /** One line. What Camel wraps around the inbox's own words would hide them. */
    private static String reason(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null && !(root instanceof InboxException)) {
            root = root.getCause();
        }
        String reason = root instanceof InboxException || root == failure
                ? String.valueOf(root.getMessage())
                : failure.getMessage() + ": " + root;
        return reason.replaceAll("\\s*\\R\\s*", " ");
    }

    /** The JVM is about to end, by a signal or by {@link #run}: the exit code of a signal is replaced by ours. */
    private void stop() {
        archive.ifPresent(ClassArchive::close);
        if (!started) {
            stopStart();
        }
        main.completed();
        boolean inTime = false;
        try {
            long patience = main.getCamelContext().getShutdownStrategy().getTimeout() + 2;
            inTime = ended.await(patience, TimeUnit.SECONDS);
            if (!inTime) {
                // A forced shutdown too waits for what a queue's consumers are at: a call that is not answered. What it
                // was about stays claimed, and is freed at the next start.
                starter.interrupt();
                inTime = ended.await(STOP_SECONDS - patience, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        log.info(inTime ? "Stopped" : "Stopped; what did not end within {} s is left to the next start", STOP_SECONDS);
        halt(inTime ? exitCode : 0);
    }

    /**
     * A start that is under way is not waited for: it may hang on a database, and it cannot go on while the JVM is about to end.
     * Whatever it has begun is as safe as after a kill.
     */
    private void stopStart() {
        if (ended.getCount() == 0) {
            halt(exitCode);
        }
        // Ours may not be there yet.
        LoggerFactory.getLogger(Application.class).info("Stopped before the start was complete");
        halt(0);
    }

    private void halt(int code) {
        console.drain();
        Runtime.getRuntime().halt(code);
    }

    private void logStarted(CamelContext context) {
        started = true;
        archive.ifPresent(ClassArchive::makeSoon);
        Object page = context.getRegistry().lookupByName(Wiring.PREFIX + "Page");
        log.info(
                "Started in {} ms: {}, inbox {}",
                context.getUptime().toMillis(),
                page == null ? "no page (ops.enabled = false)" : "page on " + page,
                Shown.withoutCredentials(context.resolvePropertyPlaceholders("{{store.url}}")));
    }
}
