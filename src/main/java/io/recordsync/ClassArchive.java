package io.recordsync;

import java.io.IOException;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The archive of the classes of a start, which makes the next start quicker (the JVM's class data sharing): a process of its own makes
 * it, of the lowest priority, beside a service that has started.
 *
 * <p>The script asks for it where there is none yet. Nothing depends on it: a service that stops meanwhile ends that process, and
 * without an archive a start is slower.
 */
final class ClassArchive implements AutoCloseable {

    /** A start has settled by then, on a busy machine too; tests do not wait so long. */
    private static final int SECONDS_AFTER_START = Integer.getInteger("class.archive.after", 30);

    private static final Duration MAX_TIME = Duration.ofMinutes(10);

    private static final Logger LOG = LoggerFactory.getLogger(ClassArchive.class);

    private final String script;
    private final CountDownLatch closed = new CountDownLatch(1);
    private Process process;

    private ClassArchive(String script) {
        this.script = script;
    }

    /** The one that the script asks for; none where it was not the script, or there is one already. */
    static Optional<ClassArchive> wanted() {
        return Optional.ofNullable(System.getProperty("class.archive")).map(ClassArchive::new);
    }

    /** Returns at once. */
    void makeSoon() {
        Thread thread = new Thread(this::make, "class-archive");
        thread.setDaemon(true);
        thread.start();
    }

    private void make() {
        try {
            if (!closed.await(SECONDS_AFTER_START, TimeUnit.SECONDS) && begin()) {
                String words = new String(process.getInputStream().readAllBytes(), Charset.defaultCharset()).strip();
                int exitCode = process.waitFor();
                if (closed.getCount() > 0) {
                    LOG.info(
                            "{}",
                            words.lines()
                                    .reduce((first, last) -> last)
                                    .orElse("No archive of the classes was made: " + script + " archive ended with "
                                            + exitCode));
                }
            }
        } catch (IOException e) {
            LOG.info("No archive of the classes was made: {}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized boolean begin() throws IOException {
        if (closed.getCount() == 0) {
            return false;
        }
        process =
                new ProcessBuilder(script, "archive").redirectErrorStream(true).start();
        process.getOutputStream().close();
        process.onExit().orTimeout(MAX_TIME.toSeconds(), TimeUnit.SECONDS).exceptionally(late -> {
            process.destroy();
            return process;
        });
        return true;
    }

    /** Ends what is under way. */
    @Override
    public synchronized void close() {
        closed.countDown();
        if (process != null) {
            process.destroy();
        }
    }
}
