package io.recordsync;

import io.recordsync.config.Configuration;
import io.recordsync.config.Keys;
import io.recordsync.inbox.InboxException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;
import org.apache.camel.main.SimpleMainShutdownStrategy;
import org.apache.camel.spi.PropertiesComponent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts Camel Main on the routes in {@code routes/} and the configuration in {@code config/}, or the command that is named.
 *
 * <p>Exit codes of the service: 0 after SIGTERM or Ctrl-C, within 30 seconds; 1 when the configuration has mistakes (one line each on
 * stderr), when the start fails or when stopping takes longer.
 */
public final class Application {

    private static final int STOP_SECONDS = 28;
    /** Where stopping took longer, no time is left for a {@link ClassArchive}. */
    private static final long QUICK_STOP = TimeUnit.SECONDS.toNanos(10);

    /** Not static: a command says where the log goes before there is one. */
    private final Logger log = LoggerFactory.getLogger(Application.class);

    private final Main main = new Main();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread starter = Thread.currentThread();
    private volatile int exitCode = 1;
    private volatile boolean started;

    private Application() {
        main.setAppName("salesforce-talkdesk-sync");
        main.setDefaultPropertyPlaceholderLocation(Configuration.LOCATION);
        Keys.defaults().forEach(main::addInitialProperty);
        main.addMainListener(new MainListenerSupport() {
            @Override
            public void beforeInitialize(BaseMainSupport starting) {
                check(starting.getCamelContext().getPropertiesComponent());
            }

            @Override
            public void afterStart(BaseMainSupport started) {
                logStarted(started.getCamelContext());
            }
        });
        // Camel's own would end with 143 on SIGTERM, and wait for a context that never started.
        main.setShutdownStrategy(new SimpleMainShutdownStrategy());
        Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "stop"));
    }

    public static void main(String[] args) {
        switch (args.length == 0 ? "" : args[0]) {
            case "" -> new Application().run();
            case "doctor" -> System.exit(DoctorCommand.run());
            case "receipts" -> System.exit(ReceiptsCommand.run(List.of(args).subList(1, args.length)));
            default -> {
                System.err.println(
                        "Unknown command " + args[0] + " (expected none, which runs the service; doctor; or receipts)");
                System.exit(2);
            }
        }
    }

    private void run() {
        try {
            exitCode = main.run(new String[0]);
        } catch (InvalidConfiguration e) {
            e.mistakes.forEach(System.err::println);
        } catch (Exception | LinkageError e) {
            System.err.println("The start failed: " + reason(e));
            log.debug("The start failed", e);
        } finally {
            ended.countDown();
            System.exit(exitCode);
        }
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
        long begun = System.nanoTime();
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
        if (started) {
            log.info("Stopped");
            if (inTime && System.nanoTime() - begun < QUICK_STOP) {
                ClassArchive.wanted().ifPresent(ClassArchive::write);
            }
        }
        Runtime.getRuntime().halt(inTime ? exitCode : 1);
    }

    private void logStarted(CamelContext context) {
        started = true;
        // What follows the ? may be a password.
        log.info(
                "Started in {} ms: page on http://{}:{}/, inbox {}",
                context.getUptime().toMillis(),
                context.resolvePropertyPlaceholders("{{ops.host}}"),
                context.resolvePropertyPlaceholders("{{ops.port}}"),
                context.resolvePropertyPlaceholders("{{store.url}}").replaceFirst("\\?.*", ""));
    }

    /** Before any route or bean is read, by the reading of properties and environment that they will see. */
    private static void check(PropertiesComponent properties) {
        Configuration configuration = Configuration.read(properties);
        List<String> mistakes = configuration.mistakes();
        if (!mistakes.isEmpty()) {
            throw new InvalidConfiguration(mistakes);
        }
        checkFree(configuration.value("ops.host"), configuration.value("ops.port"));
        // One reading for all: from here on the environment must not bring "1s" back where Camel wants 1000.
        Properties read = new Properties();
        read.putAll(configuration.values());
        read.putAll(configuration.placeholders());
        properties.setOverrideProperties(read);
        org.apache.camel.component.properties.PropertiesComponent placeholders =
                (org.apache.camel.component.properties.PropertiesComponent) properties;
        placeholders.setEnvironmentVariableMode(
                org.apache.camel.component.properties.PropertiesComponent.ENVIRONMENT_VARIABLES_MODE_FALLBACK);
    }

    /** Camel's server would log that the port is taken and never finish its start. */
    private static void checkFree(String host, String port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(host, Integer.parseInt(port)));
        } catch (IOException e) {
            throw new InvalidConfiguration(
                    List.of("ops.port = %s cannot be listened on at ops.host = %s (%s): expected a port that is free"
                            .formatted(port, host, e.getMessage())));
        }
    }

    private static final class InvalidConfiguration extends RuntimeException {

        private final transient List<String> mistakes;

        InvalidConfiguration(List<String> mistakes) {
            super(mistakes.size() + " mistakes in the configuration");
            this.mistakes = mistakes;
        }
    }
}
