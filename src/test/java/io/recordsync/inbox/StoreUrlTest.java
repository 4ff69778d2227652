package io.recordsync.inbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.recordsync.inbox.database.Database;
import io.recordsync.stories.TestCa;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.assertj.core.api.ListAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is wrong with {@code store.url} or at the server's end, told from a server that is away. */
class StoreUrlTest {

    private static final String SSL_REQUESTED = "expected an SSLRequest";

    /** Messages of PostgreSQL's protocol. */
    private static final byte[] WANTS_SCRAM = {
        'R', 0, 0, 0, 23, 0, 0, 0, 10, 'S', 'C', 'R', 'A', 'M', '-', 'S', 'H', 'A', '-', '2', '5', '6', 0, 0
    };

    private static final byte[] STARTS_UP = error("57P03", "the database system is starting up");
    private static final byte[] NOT_ENCRYPTED = error("28000", "no pg_hba.conf entry for host \"h\", no encryption");

    @TempDir
    Path folder;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private ServerSocket server;

    @AfterEach
    void close() throws IOException {
        threads.shutdownNow();
        if (server != null) {
            server.close();
        }
    }

    // ---- what is to be changed here, or there

    @ParameterizedTest
    @CsvSource({"require", "verify-ca", "verify-full"})
    void a_server_without_tls(String mode) throws Exception {
        String bundle = new TestCa().bundle(folder.resolve("ca.pem")).toString();
        assertMistake(
                url(withoutTls(), "sslmode=" + mode + "&sslrootcert=" + bundle),
                "the server takes no TLS, which sslmode=" + mode + " in store.url asks for",
                "ssl = on",
                "sslmode=prefer");
    }

    @Test
    void ssl_true_is_the_mode_that_the_driver_makes_of_it() throws Exception {
        String bundle = new TestCa().bundle(folder.resolve("ca.pem")).toString();

        assertMistake(url(withoutTls(), "ssl=true&sslrootcert=" + bundle), "sslmode=verify-full");
    }

    @ParameterizedTest
    @CsvSource({"verify-ca", "verify-full"})
    void a_certificate_of_another_authority(String mode) throws Exception {
        Path others = new TestCa().bundle(folder.resolve("others.pem"));

        assertMistake(
                url(withTls(new TestCa().server()), "sslmode=" + mode + "&sslrootcert=" + others),
                "not signed by a CA of sslrootcert=" + others + ", which sslmode=" + mode,
                "name the PEM file of the CA");
    }

    @Test
    void a_certificate_for_another_name() throws Exception {
        TestCa ca = new TestCa();
        Path bundle = ca.bundle(folder.resolve("ca.pem"));

        assertMistake(
                url(withTls(ca.serverNamed("db.example")), "sslmode=verify-full&sslrootcert=" + bundle),
                "another name than the host in store.url, which sslmode=verify-full compares",
                "127.0.0.1",
                "sslmode=verify-ca");
    }

    @Test
    void a_file_of_an_authority_that_cannot_be_read_whether_or_not_the_server_is_there() throws Exception {
        Path missing = folder.resolve("no.pem");
        Path empty = Files.createFile(folder.resolve("empty.pem"));
        Path garbage = Files.writeString(folder.resolve("garbage.pem"), "-----BEGIN CERTIFICATE-----\nAAAA\n");

        for (int port : new int[] {withTls(new TestCa().server()), 1}) {
            String verified = "sslmode=verify-full&sslrootcert=";
            assertMistake(
                    url(port, verified + missing), "sslrootcert=" + missing, "no such file", "expected the PEM file");
            assertMistake(url(port, verified + folder), "sslrootcert=" + folder, "a folder");
            assertMistake(url(port, verified + empty), "sslrootcert=" + empty, "no certificate is in it");
            assertMistake(url(port, verified + garbage), "sslrootcert=" + garbage, "no certificates can be read");
        }
    }

    @Test
    void no_file_of_an_authority_is_named() throws Exception {
        String home = System.setProperty("user.home", folder.toString());
        try {
            assertMistake(
                    url(withTls(new TestCa().server()), "sslmode=verify-ca"),
                    "sslmode=verify-ca in store.url checks the server's certificate, but sslrootcert is not set",
                    folder.resolve(".postgresql/root.crt") + " cannot be used: no such file");
        } finally {
            System.setProperty("user.home", home);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "sslmode=verify_full, sslmode=verify_full in store.url is unknown, verify-full)",
        "gssEncMode=on, gssEncMode=on in store.url is unknown, 'disable, allow'",
        "channelBinding=yes, channelBinding=yes in store.url is unknown, require)",
        "targetServerType=leader, targetServerType=leader in store.url is unknown, 'any, primary'",
        "sslmode=require&sslfactory=com.example.None, com.example.None, check sslcert",
    })
    void a_parameter_that_the_driver_does_not_know(String parameters, String mistake, String expected)
            throws Exception {
        assertMistake(url(withTls(new TestCa().server()), parameters), mistake, expected);
    }

    @Test
    void a_url_that_the_driver_cannot_read() {
        assertMistake("jdbc:postgresql://127.0.0.1:port/inbox", "the driver cannot read store.url", "<host>:<port>");
    }

    @Test
    void a_server_that_wants_tls_which_is_switched_off() throws Exception {
        assertMistake(
                url(answering(NOT_ENCRYPTED), "sslmode=disable"), "no encryption", "sslmode=disable in store.url");
    }

    @Test
    void a_server_that_wants_a_password_where_there_is_none() throws Exception {
        assertMistake(url(answering(WANTS_SCRAM), "sslmode=disable"), "SCRAM", "store.password is not set");
    }

    @ParameterizedTest
    @CsvSource({"disable", "prefer"})
    void something_that_is_no_postgresql(String mode) throws Exception {
        assertMistake(
                url(
                        answering("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII)),
                        "sslmode=" + mode),
                "what answers there is no PostgreSQL",
                "check the host and the port in store.url");
    }

    // ---- what may be there later

    @Test
    void nobody_listens() {
        assertAway("jdbc:postgresql://127.0.0.1:1/inbox?sslmode=require");
    }

    @Test
    void a_host_is_not_found() {
        assertAway("jdbc:postgresql://nowhere.invalid:5432/inbox");
    }

    @ParameterizedTest
    @CsvSource({"disable", "prefer", "require"})
    void a_connection_that_is_closed_at_once(String mode) throws Exception {
        assertAway(url(answering(new byte[0]), "sslmode=" + mode));
    }

    @Test
    void a_connection_that_breaks_in_the_middle_of_the_handshake() throws Exception {
        int port = listen(socket -> {
            readSslRequest(socket);
            socket.getOutputStream().write('S');
            socket.getInputStream().readNBytes(5);
        });

        assertAway(url(port, "sslmode=require"));
    }

    @Test
    void a_server_that_closes_after_the_handshake() throws Exception {
        assertAway(url(withTls(new TestCa().server()), "sslmode=require"));
    }

    @Test
    void a_server_that_starts() throws Exception {
        assertAway(url(answering(STARTS_UP), "sslmode=disable"), "starts or stops");
    }

    /** Somebody renews it there, and nothing has to change here. */
    @Test
    void a_certificate_that_is_out_of_date() throws Exception {
        TestCa ca = new TestCa();
        Path bundle = ca.bundle(folder.resolve("ca.pem"));

        assertAway(
                url(withTls(ca.expiredServer()), "sslmode=verify-full&sslrootcert=" + bundle),
                "the server's certificate is out of date");
        server.close();
        assertAway(
                url(withTls(ca.serverOfTomorrow()), "sslmode=verify-full&sslrootcert=" + bundle),
                "the server's certificate is out of date");
    }

    private static void assertMistake(String url, String... words) {
        assertFails(url, words).allSatisfy(failure -> assertThat(failure)
                .isNotInstanceOf(StoreAwayException.class)
                .hasMessageContaining(" cannot be used: "));
    }

    private static void assertAway(String url, String... words) {
        String[] all = Stream.concat(Stream.of(" cannot be opened: "), Stream.of(words))
                .toArray(String[]::new);
        assertFails(url, all).hasOnlyElementsOfType(StoreAwayException.class);
    }

    /** To a start and to the doctor. */
    private static ListAssert<Throwable> assertFails(String url, String... words) {
        Database database = Database.at(url, "sync", "");
        return assertThat(List.of(
                        catchThrowable(() -> Store.open(database).close()),
                        catchThrowable(() -> Store.probe(database))))
                .hasOnlyElementsOfType(InboxException.class)
                .allSatisfy(failure -> {
                    assertThat(failure.getMessage().lines()).hasSize(1);
                    assertThat(failure).hasMessageContainingAll(words);
                });
    }

    private static String url(int port, String parameters) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/inbox?" + parameters;
    }

    private int withoutTls() throws IOException {
        return listen(socket -> {
            readSslRequest(socket);
            socket.getOutputStream().write('N');
            socket.getInputStream().read();
        });
    }

    /** It closes the connection when it has shown its certificate. */
    private int withTls(SSLContext certificate) throws IOException {
        return listen(socket -> {
            readSslRequest(socket);
            socket.getOutputStream().write('S');
            try (SSLSocket tls =
                    (SSLSocket) certificate.getSocketFactory().createSocket(socket, socket.getInputStream(), true)) {
                tls.startHandshake();
                tls.getInputStream().read();
            }
        });
    }

    /** Whatever it is asked. */
    private int answering(byte[] answer) throws IOException {
        return listen(socket -> {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            in.readNBytes(in.readInt() - 4);
            socket.getOutputStream().write(answer);
            socket.shutdownOutput();
            in.readAllBytes();
        });
    }

    private interface Conversation {
        void with(Socket socket) throws IOException;
    }

    private int listen(Conversation conversation) throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        ServerSocket listening = server;
        threads.execute(() -> {
            while (!listening.isClosed()) {
                try {
                    Socket socket = listening.accept();
                    threads.execute(() -> {
                        try (socket) {
                            conversation.with(socket);
                        } catch (IOException e) {
                            // The driver has gone.
                        }
                    });
                } catch (IOException e) {
                    return;
                }
            }
        });
        return server.getLocalPort();
    }

    private static void readSslRequest(Socket socket) throws IOException {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        if (in.readInt() != 8 || in.readInt() != 80_877_103) {
            throw new IOException(SSL_REQUESTED);
        }
    }

    private static byte[] error(String state, String message) {
        byte[] fields = ("SFATAL\0VFATAL\0C" + state + "\0M" + message + "\0\0").getBytes(StandardCharsets.US_ASCII);
        byte[] whole = new byte[fields.length + 5];
        whole[0] = 'E';
        whole[4] = (byte) (fields.length + 4);
        System.arraycopy(fields, 0, whole, 5, fields.length);
        return whole;
    }
}
