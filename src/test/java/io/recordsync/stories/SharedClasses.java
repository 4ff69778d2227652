package io.recordsync.stories;

import io.recordsync.simulator.salesforce.ContactIds;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** The JVM's archive of classes, with which a service starts in half the time. Made once for a jar, by the first story. */
final class SharedClasses {

    private static final Path FOLDER = Path.of("target/stories").toAbsolutePath();
    private static final Path ARCHIVE = FOLDER.resolve("classes.jsa");

    private SharedClasses() {}

    /** The option of a JVM that starts with it. Stories run side by side: the others wait for the one that makes it. */
    @SuppressWarnings("try") // the lock is only closed
    static synchronized String option() throws IOException {
        if (Service.IS_OF_A_PROFILE) {
            // To make one takes longer than its few stories.
            return "-Xshare:auto";
        }
        Files.createDirectories(FOLDER);
        try (FileChannel file = FileChannel.open(
                        FOLDER.resolve("classes.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = file.lock()) {
            if (!isOfThisJar()) {
                make();
            }
            return "-XX:SharedArchiveFile=" + ARCHIVE;
        }
    }

    private static boolean isOfThisJar() throws IOException {
        return Files.exists(ARCHIVE)
                && Files.getLastModifiedTime(ARCHIVE).compareTo(Files.getLastModifiedTime(Service.JAR)) > 0;
    }

    /** By a service that does the main job once and ends in order. */
    private static void make() throws IOException {
        Path made = FOLDER.resolve("classes.jsa.part");
        Files.deleteIfExists(made);
        Path folder = Files.createTempDirectory("classes");
        String contact = ContactIds.next();
        try (SalesforceSimulator salesforce = SalesforceSimulator.start();
                TalkdeskSimulator talkdesk = TalkdeskSimulator.start();
                Service service = new Service(folder, salesforce, talkdesk, "list")) {
            talkdesk.addList("list", "EXTERNAL");
            talkdesk.addRecords("list", "salesforce", List.of(contact));
            service.launch("-XX:ArchiveClassesAtExit=" + made).awaitListening().awaitSubscribed();
            salesforce.publishDelete(contact);
            talkdesk.awaitGone("list", List.of(contact));
            service.terminate();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        Files.move(made, ARCHIVE, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
