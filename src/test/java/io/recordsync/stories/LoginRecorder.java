package io.recordsync.stories;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Three doors that note the secret which is shown to them, byte by byte, and open to nobody: a token endpoint that takes it in the
 * form, one that takes it by HTTP basic, and a PostgreSQL that asks for a password.
 */
final class LoginRecorder implements AutoCloseable {

    private static final byte[] REFUSED = "{\"error\":\"invalid_client\"}".getBytes(StandardCharsets.UTF_8);
    private static final int SSL_REQUEST = 80877103;

    private final HttpServer http;
    private final ServerSocket postgresql;
    private final List<String> inForm = new CopyOnWriteArrayList<>();
    private final List<String> inHeader = new CopyOnWriteArrayList<>();
    private final List<String> inPostgresql = new CopyOnWriteArrayList<>();

    LoginRecorder() throws IOException {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        http = HttpServer.create(new InetSocketAddress(loopback, 0), 0);
        http.createContext("/services/oauth2/token", this::form);
        http.createContext("/oauth/token", this::header);
        http.start();
        postgresql = new ServerSocket(0, 50, loopback);
        Thread listener = new Thread(this::listen, "postgresql");
        listener.setDaemon(true);
        listener.start();
    }

    String salesforceUrl() {
        return "http://127.0.0.1:" + http.getAddress().getPort();
    }

    String talkdeskTokenUrl() {
        return salesforceUrl() + "/oauth/token";
    }

    String storeUrl() {
        return "jdbc:postgresql://127.0.0.1:" + postgresql.getLocalPort() + "/inbox?sslmode=disable";
    }

    List<String> inForm() {
        return inForm;
    }

    List<String> inHeader() {
        return inHeader;
    }

    List<String> inPostgresql() {
        return inPostgresql;
    }

    void forget() {
        inForm.clear();
        inHeader.clear();
        inPostgresql.clear();
    }

    private void form(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.US_ASCII);
        Arrays.stream(body.split("&"))
                .filter(field -> field.startsWith("client_secret="))
                .map(field -> URLDecoder.decode(field.substring("client_secret=".length()), StandardCharsets.UTF_8))
                .forEach(inForm::add);
        refuse(exchange);
    }

    private void header(HttpExchange exchange) throws IOException {
        String header = exchange.getRequestHeaders().getFirst("Authorization");
        byte[] pair = Base64.getDecoder().decode(header.substring("Basic ".length()));
        inHeader.add(new String(pair, StandardCharsets.UTF_8).split(":", 2)[1]);
        refuse(exchange);
    }

    private static void refuse(HttpExchange exchange) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(401, REFUSED.length);
        exchange.getResponseBody().write(REFUSED);
        exchange.close();
    }

    private void listen() {
        while (!postgresql.isClosed()) {
            try (Socket socket = postgresql.accept()) {
                inPostgresql.add(password(
                        new DataInputStream(socket.getInputStream()), new DataOutputStream(socket.getOutputStream())));
            } catch (EOFException e) {
                // Who asks for TLS, or leaves, comes again.
            } catch (IOException e) {
                if (!postgresql.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    /** Message formats: PostgreSQL's documentation, chapter "Message Formats". */
    private static String password(DataInputStream in, DataOutputStream out) throws IOException {
        byte[] startup = message(in);
        if (new DataInputStream(new java.io.ByteArrayInputStream(startup)).readInt() == SSL_REQUEST) {
            out.write('N');
            message(in);
        }
        // AuthenticationCleartextPassword
        out.writeByte('R');
        out.writeInt(8);
        out.writeInt(3);
        out.flush();
        if (in.readByte() != 'p') {
            throw new EOFException("no password");
        }
        byte[] password = message(in);
        byte[] fields = "SFATAL\0C28P01\0Mno\0\0".getBytes(StandardCharsets.US_ASCII);
        out.writeByte('E');
        out.writeInt(4 + fields.length);
        out.write(fields);
        out.flush();
        return new String(password, 0, password.length - 1, StandardCharsets.UTF_8);
    }

    private static byte[] message(DataInputStream in) throws IOException {
        byte[] message = new byte[in.readInt() - 4];
        in.readFully(message);
        return message;
    }

    @Override
    public void close() throws IOException {
        http.stop(0);
        postgresql.close();
    }
}
