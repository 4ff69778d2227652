package io.recordsync.inbox.database;

import io.recordsync.files.Refusal;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateNotYetValidException;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.postgresql.Driver;
import org.postgresql.PGProperty;
import org.postgresql.jdbc.SslMode;
import org.postgresql.util.PSQLException;

/**
 * What has to be changed in {@code store.url} or at the server before the driver can connect, read from why it did not.
 *
 * <p>The driver gives the SQLSTATE of a server that is away to its own refusals too: a parameter that it does not know, a file that is
 * missing, TLS that proves nothing. Its text is in the language of the JVM; so the kind of a failure counts where there is one.
 */
final class PostgresqlMistake {

    private static final String REJECTED = "08004";
    private static final String CONNECTION_FAILURE = "08006";
    private static final String PROTOCOL_VIOLATION = "08P01";
    private static final String NOT_AUTHORIZED = "28000";

    private static final List<String> SSL_MODES =
            List.of("disable", "allow", "prefer", "require", "verify-ca", "verify-full");
    private static final List<String> GSS_MODES = List.of("disable", "allow", "prefer", "require");
    private static final List<String> BINDINGS = List.of("disable", "prefer", "require");
    private static final List<String> SERVER_TYPES = List.of(
            "any", "primary", "secondary", "preferSecondary", "preferPrimary", "master", "slave", "preferSlave");

    private final SQLException failure;
    private final Properties asked;
    private final SslMode mode;

    private PostgresqlMistake(SQLException failure, Properties asked, SslMode mode) {
        this.failure = failure;
        this.asked = asked;
        this.mode = mode;
    }

    /**
     * @param properties as they were given to the driver
     * @return in a line, with what to do; empty when the server may be there later
     */
    static Optional<String> in(SQLException failure, String url, Properties properties) {
        Properties asked = Driver.parseURL(url, properties);
        if (asked == null) {
            return Optional.of("the driver cannot read store.url (expected"
                    + " jdbc:postgresql://<host>:<port>/<database>?<parameter>=<value>&…)");
        }
        Optional<String> unknown = Stream.of(
                        unknown(asked, PGProperty.SSL_MODE, SSL_MODES, true),
                        unknown(asked, PGProperty.GSS_ENC_MODE, GSS_MODES, true),
                        unknown(asked, PGProperty.CHANNEL_BINDING, BINDINGS, false),
                        unknown(asked, PGProperty.TARGET_SERVER_TYPE, SERVER_TYPES, false))
                .flatMap(Optional::stream)
                .findFirst();
        if (unknown.isPresent()) {
            return unknown;
        }
        try {
            PostgresqlMistake mistake = new PostgresqlMistake(failure, asked, SslMode.of(asked));
            return mistake.unusableAuthority().or(mistake::refusal);
        } catch (PSQLException e) {
            return Optional.of(e.getMessage());
        }
    }

    private static Optional<String> unknown(
            Properties asked, PGProperty parameter, List<String> known, boolean inAnyCase) {
        String value = parameter.getOrDefault(asked);
        if (value == null || known.contains(inAnyCase ? value.toLowerCase(Locale.ROOT) : value)) {
            return Optional.empty();
        }
        return Optional.of("%s=%s in store.url is unknown (expected %s)"
                .formatted(parameter.getName(), value, String.join(", ", known)));
    }

    /** The driver opens the file when the server has answered; whether it does changes nothing about the file. */
    private Optional<String> unusableAuthority() {
        String factory = PGProperty.SSL_FACTORY.getOrDefault(asked);
        if (!mode.verifyCertificate() || factory != null && !factory.endsWith(".LibPQFactory")) {
            return Optional.empty();
        }
        return whyUnusable(authority())
                .map(why -> (isAuthorityNamed()
                                ? "%s in store.url cannot be used: %s".formatted(shownAuthority(), why)
                                : "%s in store.url checks the server's certificate, but sslrootcert is not set, and %s cannot be used: %s"
                                        .formatted(shownMode(), authority(), why))
                        + " (expected the PEM file of the CA that signed the server's certificate)");
    }

    private static Optional<String> whyUnusable(String file) {
        try {
            Path path = Path.of(file);
            try {
                boolean empty = CertificateFactory.getInstance("X.509")
                        .generateCertificates(new ByteArrayInputStream(Files.readAllBytes(path)))
                        .isEmpty();
                return empty ? Optional.of("no certificate is in it") : Optional.empty();
            } catch (IOException e) {
                return Optional.of(Refusal.words(path, e));
            }
        } catch (InvalidPathException e) {
            return Optional.of(e.getReason());
        } catch (CertificateException e) {
            return Optional.of("no certificates can be read from it");
        }
    }

    private Optional<String> refusal() {
        if (isAnswer()) {
            return is(NOT_AUTHORIZED) && mode == SslMode.DISABLE
                    ? Optional.of(failure.getMessage()
                            + " (sslmode=disable in store.url: where the server wants TLS, use sslmode=verify-full)")
                    : Optional.empty();
        }
        Optional<SSLException> handshake = cause(SSLException.class);
        if (handshake.isPresent()) {
            return handshakeRefusal(handshake.get());
        }
        if (is(REJECTED)) {
            return Optional.of(rejection());
        }
        if (is(PROTOCOL_VIOLATION)) {
            return Optional.of("what answers there is no PostgreSQL (" + failure.getMessage()
                    + "): check the host and the port in store.url");
        }
        return is(CONNECTION_FAILURE) && !hasFailedOnTheWire() ? Optional.of(ownRefusal()) : Optional.empty();
    }

    private Optional<String> handshakeRefusal(SSLException handshake) {
        if (hasFailedOnTheWire()
                || cause(CertificateExpiredException.class).isPresent()
                || cause(CertificateNotYetValidException.class).isPresent()) {
            return Optional.empty();
        }
        if (cause(CertificateException.class).isPresent() && mode.verifyCertificate()) {
            return Optional.of(
                    "the server's certificate is not signed by a CA of %s, which %s in store.url asks for (%s): name the PEM file of the CA that signed it"
                            .formatted(shownAuthority(), shownMode(), handshake.getMessage()));
        }
        return Optional.of("TLS with the server fails by %s in store.url (%s): check sslmode, sslcert and sslkey"
                .formatted(shownMode(), handshake.getMessage()));
    }

    private String rejection() {
        String text = failure.getMessage();
        if (mode.requireEncryption() && text.contains("SSL") && channelBinding() == null) {
            return "the server takes no TLS, which %s in store.url asks for: turn it on at the server (ssl = on), or use sslmode=prefer where plain text will do"
                    .formatted(shownMode());
        }
        String password = PGProperty.PASSWORD.getOrDefault(asked);
        return password == null || password.isEmpty() ? text + " (store.password is not set)" : text;
    }

    /** Null where the driver may do without it. */
    private String channelBinding() {
        String binding = PGProperty.CHANNEL_BINDING.getOrDefault(asked);
        return "require".equals(binding) ? binding : null;
    }

    /** Of the name in the server's certificate, of a file of the client's certificate, or of a class that a parameter names. */
    private String ownRefusal() {
        String text = failure.getMessage();
        String verifier = PGProperty.SSL_HOSTNAME_VERIFIER.getOrDefault(asked);
        if (mode.verifyPeerName() && text.contains(verifier == null ? "PgjdbcHostnameVerifier" : verifier)) {
            return "the server's certificate is for another name than the host in store.url, which %s compares (%s): name the host as the certificate does, or use sslmode=verify-ca, which checks the CA alone"
                    .formatted(shownMode(), text);
        }
        return "%s (check sslcert, sslkey, sslpassword and the classes that store.url names)".formatted(text);
    }

    /** The server has said so itself. */
    private boolean isAnswer() {
        return failure instanceof PSQLException answer && answer.getServerErrorMessage() != null;
    }

    private boolean is(String state) {
        return state.equals(failure.getSQLState());
    }

    /** Where the connection broke, or nothing came. */
    private boolean hasFailedOnTheWire() {
        return cause(SocketException.class).isPresent()
                || cause(EOFException.class).isPresent()
                || cause(InterruptedIOException.class).isPresent();
    }

    private <T extends Throwable> Optional<T> cause(Class<T> kind) {
        return Stream.iterate((Throwable) failure, link -> link != null, Throwable::getCause)
                .filter(kind::isInstance)
                .map(kind::cast)
                .findFirst();
    }

    private boolean isAuthorityNamed() {
        return PGProperty.SSL_ROOT_CERT.getOrDefault(asked) != null;
    }

    private String authority() {
        return isAuthorityNamed()
                ? PGProperty.SSL_ROOT_CERT.getOrDefault(asked)
                : Path.of(System.getProperty("user.home"), ".postgresql", "root.crt")
                        .toString();
    }

    private String shownAuthority() {
        return "sslrootcert=" + authority();
    }

    /** As the driver takes it, whether it is named, or follows from {@code ssl=true}. */
    private String shownMode() {
        return "sslmode=" + mode.value;
    }
}
