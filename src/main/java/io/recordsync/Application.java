package io.recordsync;

import io.recordsync.config.Configuration;
import io.recordsync.config.ConfigurationFile;
import io.recordsync.config.InvalidConfiguration;
import io.recordsync.config.Shown;
import io.recordsync.config.Version;
import io.recordsync.inbox.InboxException;
import io.recordsync.inbox.StoreAwayException;
import io.recordsync.ops.health.Metrics;
import io.recordsync.ops.support.RunningService;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.apache.camel.CamelContext;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;
import org.apache.camel.main.SimpleMainShutdownStrategy;
import org.apache.camel.spi.Registry;
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
            usage: salesforce-talkdesk-sync [OPTION…] [COMMAND]

            Commands; without one the service runs:
              doctor        examines whether the service could do its work; with --send-test
                            it sends a test message to alerts.webhook
              config check  examines the configuration, and starts nothing
              receipts …    writes what can be proven of deletions
              backup FILE   copies the SQLite file, also while the service runs
              support FILE  writes one zip for a report of a fault, without secrets
              archive       makes the archive of classes that quickens a start
              --version     says which release this is
              --help        says this

            Options of bin/salesforce-talkdesk-sync, before the command:
              --config FILE      in place of config/application.properties (RECORDSYNC_CONFIG)
              --routes DIR       in place of routes (RECORDSYNC_ROUTES)
              --site-routes DIR  a site's own route files (RECORDSYNC_SITE_ROUTES)
              --data DIR         in place of ./data (RECORDSYNC_DATA)
              --cache DIR        for the archive of classes, in place of lib (RECORDSYNC_CACHE)

            Exit codes: 0 done, 1 a mistake in the configuration or a failed check, 2 a wrong command line,
            3 out of memory, 75 something that is needed is not there: try again""";

    private static final Set<String> OPTIONS = Set.of("--config", "--routes", "--site-routes", "--data", "--cache");

    /** {@code EX_TEMPFAIL} of sysexits.h. */
    private static final int TRY_AGAIN = 75;

    private static final int STOP_SECONDS = 28;
    private static final String NAME = "salesforce-talkdesk-sync";

    /** Commands that take no arguments; what each runs returns the exit code. */
    private static final Map<String, IntSupplier> LONE = Map.of(
            "--help", () -> say(USAGE),
            "-h", () -> say(USAGE),
            "help", () -> say(USAGE),
            "--version", () -> say(NAME + " " + Version.text()),
            "version", () -> say(NAME + " " + Version.text()));

    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread starter = Thread.currentThread();
    private volatile int exitCode = 1;
    private volatile boolean started;

    /** Not static: a command says where the log goes before there is one. Null until then. */
    private volatile Logger log;

    private final Console console;
    private final ConfigurationFile file = ConfigurationFile.read();
    private final Configuration configuration = Configuration.read(file);
    private volatile Optional<ClassArchive> archive = Optional.empty();
    private volatile Main main;

    private Application(Console console) {
        this.console = console;
        // Before anything that takes its time: a signal finds it from the first line on.
        Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "stop"));
        LogPlace.announce(configuration);
        log = LoggerFactory.getLogger(Application.class);
    }

    private Main camel() {
        Main camel = new Main();
        camel.setAppName(NAME);
        MainDefaults.set(camel, file);
        camel.addMainListener(new MainListenerSupport() {
            @Override
            public void afterStart(BaseMainSupport started) {
                Registry beans = started.getCamelContext().getRegistry();
                beans.findByType(Metrics.class).forEach(metrics -> metrics.countDroppedLines(console::dropped));
                beans.findByType(RunningService.class).forEach(service -> service.keepsLines(console::lastLines));
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
        if (args.length == 0) {
            new Application(Console.open()).run();
        } else {
            System.exit(command(args[0], List.of(args).subList(1, args.length)));
        }
    }

    /** @return the exit code */
    private static int command(String command, List<String> arguments) {
        switch (command) {
            case "receipts":
                return ReceiptsCommand.run(arguments);
            case "backup":
                return BackupCommand.run(arguments);
            case "support":
                return SupportCommand.run(arguments);
            case "doctor":
                if (arguments.isEmpty() || arguments.equals(List.of("--send-test"))) {
                    return DoctorCommand.run(!arguments.isEmpty());
                }
                return refuse("Unexpected argument " + arguments.get(0) + " of doctor");
            case "config":
                return arguments.equals(List.of("check"))
                        ? ConfigCheckCommand.run()
                        : refuse(
                                arguments.isEmpty()
                                        ? "config is expected with check"
                                        : "Unknown command config " + arguments.get(0));
            default:
                String option = command.replaceFirst("=.*", "");
                if (OPTIONS.contains(option)) {
                    return refuse(
                            option
                                    + " is an option of bin/salesforce-talkdesk-sync: expected with a value, before the command");
                }
                IntSupplier lone = LONE.get(command);
                if (lone == null) {
                    return refuse("Unknown command " + command);
                }
                return arguments.isEmpty()
                        ? lone.getAsInt()
                        : refuse("Unexpected argument " + arguments.get(0) + " of " + command);
        }
    }

    private static int say(String text) {
        System.out.println(text);
        return 0;
    }

    private static int refuse(String mistake) {
        System.err.println(mistake + "\n" + USAGE);
        return 2;
    }

    private void run() {
        try {
            log.info(
                    "{} {} on Java {}: configuration {}, route files {}",
                    NAME,
                    Version.text(),
                    System.getProperty("java.version"),
                    ConfigurationFile.location().toAbsolutePath(),
                    RoutePlaces.ofProcess());
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
    private void requireFiles() {
        RoutePlaces.ofProcess().requireReadable();
        if (configuration.mistakes().isEmpty()) {
            LogPlace.requireWritable(configuration);
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
        String stopped = "Stopped before the start was complete";
        if (log == null) {
            // To ask for a logger while another thread makes the first one would write lines of SLF4J's own.
            System.out.println(stopped);
        } else {
            log.info(stopped);
        }
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
                // Of the process: Camel counts from its own start, when most of it is done.
                ManagementFactory.getRuntimeMXBean().getUptime(),
                page == null ? "no page (ops.enabled = false)" : "page on " + page,
                Shown.withoutCredentials(context.resolvePropertyPlaceholders("{{store.url}}")));
    }
}
