package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.Secrets;
import io.recordsync.simulator.salesforce.ContactIds;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Callers who have no password, and do not mean well. */
class DoorIT {

    private static final String LIST = "5f1c7a2e-d00f-4a7e-9b2f-aaaaaaaaaaaa";
    private static final int MANY = 400;

    @TempDir
    Path folder;

    private final List<Socket> sockets = new ArrayList<>();
    private SalesforceSimulator salesforce;
    private TalkdeskSimulator talkdesk;
    private Service service;

    @BeforeEach
    void start() throws Exception {
        salesforce = SalesforceSimulator.start();
        talkdesk = TalkdeskSimulator.start();
        talkdesk.addList(LIST, "EXTERNAL");
        service = new Service(folder, salesforce, talkdesk, LIST)
                .with("ops.password", Secrets.keep("a password of the page"))
                .launch("-Djava.io.tmpdir=" + Files.createDirectory(folder.resolve("tmp")));
        service.await("it lives", Duration.ofMinutes(1), () -> live().startsWith("HTTP/1.1 200"));
        salesforce.recording().awaitSubscription(1);
    }

    @AfterEach
    void stop() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        service.close();
        talkdesk.close();
        salesforce.close();
    }

    /** Some 260 unfinished bodies left the service without HTTP, stream and delivery for good. */
    @Test
    void hundreds_of_bodies_without_end_stop_nothing_and_leave_nothing_on_the_disk() throws Exception {
        List<Path> before = files();
        for (int i = 0; i < MANY; i++) {
            String type = i % 2 == 0 ? "application/json" : "multipart/form-data; boundary=x";
            Socket socket = open();
            send(
                    socket,
                    "POST /api/deletions HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nContent-Type: "
                            + type
                            + "\r\n\r\n60\r\n--x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"f\"\r\n\r\n");
        }
        for (Socket socket : sockets.subList(MANY - 20, MANY)) {
            assertThat(answer(socket)).startsWith("HTTP/1.1 401");
        }
        // Others say nothing at all.
        for (int i = 0; i < MANY; i++) {
            open();
        }

        long asked = System.nanoTime();
        assertThat(live()).startsWith("HTTP/1.1 200");
        assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(Duration.ofSeconds(2));
        List<String> contacts = Stream.generate(ContactIds::next).limit(20).toList();
        talkdesk.addRecords(LIST, "salesforce", contacts);
        salesforce.publishDelete(contacts);
        talkdesk.awaitGone(LIST, contacts);
        assertThat(files()).isEqualTo(before);
        assertThat(Path.of("file-uploads")).doesNotExist();
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve("tmp"))) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private Socket open() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), service.port());
        socket.setSoTimeout(10_000);
        sockets.add(socket);
        return socket;
    }

    private static void send(Socket socket, String request) throws IOException {
        socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
    }

    /** To the end of the connection. */
    private static String answer(Socket socket) throws IOException {
        InputStream answer = socket.getInputStream();
        return new String(answer.readAllBytes(), StandardCharsets.UTF_8);
    }

    private String live() throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), service.port())) {
            socket.setSoTimeout(10_000);
            send(socket, "GET /observe/health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            return answer(socket);
        }
    }
}
