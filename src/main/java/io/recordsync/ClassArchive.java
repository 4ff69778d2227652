package io.recordsync;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import javax.management.JMException;
import javax.management.ObjectName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The classes that this process has loaded, written down for the next one, which then need not look for them in a hundred jars and
 * verify them again (the JVM's class data sharing).
 *
 * <p>The script names the file where there is none yet, and gives it to the JVM once there is. Nothing depends on it: a JVM that
 * cannot use it starts as without it.
 */
final class ClassArchive {

    private static final Logger LOG = LoggerFactory.getLogger(ClassArchive.class);

    /** Several times of what it needs: a JVM that cannot write all of it ends with an error of its own. */
    private static final long ROOM = 256L * 1024 * 1024;

    private final Path file;

    private ClassArchive(Path file) {
        this.file = file;
    }

    /** The one that the script asks for; none where it was not the script, or there is one already. */
    static Optional<ClassArchive> wanted() {
        return Optional.ofNullable(System.getProperty("class.archive")).map(file -> new ClassArchive(Path.of(file)));
    }

    /** Stops every thread for some seconds: only for a process that has done its work. */
    void write() {
        // Written in its place, one that was cut off would be met at the next start; another process may be writing its
        // own.
        Path unfinished = file.resolveSibling(
                file.getFileName() + "." + ProcessHandle.current().pid());
        try {
            if (Files.getFileStore(file.getParent()).getUsableSpace() < ROOM) {
                return;
            }
            Object answer = ManagementFactory.getPlatformMBeanServer()
                    .invoke(
                            new ObjectName("com.sun.management:type=DiagnosticCommand"),
                            "vmCds",
                            new Object[] {new String[] {"dynamic_dump", unfinished.toString()}},
                            new String[] {String[].class.getName()});
            if (Files.exists(unfinished)) {
                Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
                LOG.info("Wrote down the classes in use to {}: the next start is quicker", file);
            } else {
                notWritten(answer);
            }
        } catch (JMException | IOException | RuntimeException e) {
            notWritten(e);
        }
    }

    private void notWritten(Object why) {
        LOG.info(
                "The classes in use could not be written down to {} ({}): the next start is as slow",
                file,
                String.valueOf(why).strip());
    }
}
