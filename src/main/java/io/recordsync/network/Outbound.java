package io.recordsync.network;

import io.recordsync.config.NetworkSettings;
import io.recordsync.config.Secret;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * The proxy, if there is one, and the certificates that are trusted: Java's, and those of a bundle.
 *
 * <p>Thread-safe.
 */
public final class Outbound {

    /** How Java's client and Netty word a proxy's refusal; Apache's client hands over the answer itself. */
    private static final Pattern REFUSAL = Pattern.compile("(?:Tunnel failed, got: |=> \\S+, status: )(\\d{3})");

    private final NetworkSettings network;
    private final List<String> direct;
    private final X509TrustManager trustManager;
    private final Duration lockOutAfterRefusal;
    /** The proxy's last refusal of our credentials; null while there was none. */
    private final AtomicReference<Refusal> refusal = new AtomicReference<>();

    /** In words, and until when nothing is sent through the proxy, by {@link System#nanoTime()}. */
    private record Refusal(String words, long until) {}

    /** Asks a proxy that refused the credentials again at once. */
    public Outbound(NetworkSettings network) {
        this(network, Duration.ZERO);
    }

    /**
     * @param lockOutAfterRefusal how long nothing is sent through the proxy after it refused the credentials: each request would
     *     be one more failed login of a directory account
     * @throws IllegalArgumentException when the bundle cannot be read or holds no certificate
     */
    public Outbound(NetworkSettings network, Duration lockOutAfterRefusal) {
        this.network = network;
        this.lockOutAfterRefusal = lockOutAfterRefusal;
        this.direct = network.noProxy().stream()
                .map(name -> name.toLowerCase(Locale.ROOT))
                .toList();
        this.trustManager = trusting(network.caBundle());
        if (!network.proxyUser().isEmpty() && System.getProperty("jdk.http.auth.tunneling.disabledSchemes") == null) {
            // Java's client would send a proxy no Basic credentials on the way to https; it reads this once.
            System.setProperty("jdk.http.auth.tunneling.disabledSchemes", "");
        }
    }

    /** Without a proxy, trusting Java's certificates. */
    public static Outbound direct() {
        return new Outbound(new NetworkSettings("", 0, "", Secret.NONE, List.of(), ""));
    }

    private static X509TrustManager trusting(String bundle) {
        try {
            return bundle.isEmpty() ? TrustedCertificates.ofJava() : TrustedCertificates.ofJavaAnd(Path.of(bundle));
        } catch (IOException | CertificateException e) {
            throw new IllegalArgumentException(
                    "tls.ca-bundle = " + bundle + " cannot be read (expected a PEM file with certificates)", e);
        }
    }

    /** The proxy on the way to a host, not resolved; empty where the way is direct. */
    public Optional<InetSocketAddress> proxyFor(String target) {
        String name = target.toLowerCase(Locale.ROOT);
        boolean isDirect = host().isEmpty()
                || direct.stream().anyMatch(exempt -> name.equals(exempt) || name.endsWith("." + exempt));
        return isDirect ? Optional.empty() : Optional.of(InetSocketAddress.createUnresolved(host(), port()));
    }

    /**
     * To be called before a connection is made.
     *
     * @throws NetworkException while the way is by a proxy that has just refused the credentials
     */
    public void checkProxy(String target) throws NetworkException {
        Optional<String> refused = proxyFor(target).flatMap(proxy -> proxyRefusal());
        if (refused.isPresent()) {
            throw new NetworkException(refused.get());
        }
    }

    /** Why nothing goes through the proxy for a while: it refused the credentials, and a person is needed. */
    public Optional<String> proxyRefusal() {
        return Optional.ofNullable(refusal.get())
                .filter(last -> last.until() - System.nanoTime() > 0)
                .map(Refusal::words);
    }

    public X509TrustManager trustManager() {
        return trustManager;
    }

    /** Java's client, on this way; its requests are made by {@link #request}. */
    public HttpClient.Builder httpClient() {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .sslContext(sslContext())
                .proxy(selector());
    }

    /**
     * A request for Java's client. The proxy's credentials go with it and not by an {@code Authenticator}, which would try
     * wrong ones three times and have the user locked out.
     */
    public HttpRequest.Builder request(URI uri) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri);
        if (!user().isEmpty() && proxyFor(uri.getHost()).isPresent()) {
            byte[] credentials = (user() + ":" + password()).getBytes(StandardCharsets.UTF_8);
            request.header("Proxy-Authorization", "Basic " + Base64.getEncoder().encodeToString(credentials));
        }
        return request;
    }

    /** What to fix where a request could not be sent; empty where neither proxy nor certificate is the reason. */
    public Optional<String> explain(String target, Throwable failure) {
        List<Throwable> chain = Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
                .limit(20)
                .toList();
        for (Throwable link : chain) {
            if (link instanceof NetworkException) {
                return Optional.of(link.getMessage());
            }
            Matcher refusal = REFUSAL.matcher(String.valueOf(link.getMessage()));
            if (refusal.find()) {
                return Optional.of(refused(target, Integer.parseInt(refusal.group(1))));
            }
            if (link instanceof SSLPeerUnverifiedException || isOfAnotherName(link)) {
                return Optional.of("the certificate that " + target + " shows is for another name");
            }
            if (link instanceof CertificateException) {
                return Optional.of("the certificate that " + target + " shows is not trusted (" + reason(link)
                        + "); if the company network puts its own in between, name its CA in tls.ca-bundle");
            }
        }
        return proxyFor(target)
                .filter(proxy -> chain.stream().anyMatch(Outbound::notConnected))
                .map(proxy -> "the proxy " + name(proxy) + " cannot be reached (" + reason(chain.get(chain.size() - 1))
                        + "); check proxy.host and proxy.port");
    }

    /** The words for a proxy's own answer on the way to a target; where it refuses the credentials nothing is sent for a while. */
    public String refused(String target, int status) {
        String proxy = "the proxy " + host() + ":" + port();
        // tinyproxy answers wrong credentials with 401.
        if (status == 407 || status == 401) {
            String words = proxy
                    + (user().isEmpty()
                                    ? " wants credentials (%s); set proxy.user and proxy.password"
                                    : " refuses the credentials (%s); check proxy.user and proxy.password")
                            .formatted(status);
            Refusal refused = new Refusal(words, System.nanoTime() + lockOutAfterRefusal.toNanos());
            // What was under way when it was refused prolongs nothing.
            refusal.updateAndGet(last -> last != null && last.until() - System.nanoTime() > 0 ? last : refused);
            return words;
        }
        return status >= 500
                ? proxy + " does not reach " + target + " (" + status + ")"
                : proxy + " does not let through to " + target + " (" + status
                        + "); have it allowed there, or name it in proxy.no-proxy";
    }

    String host() {
        return network.proxyHost();
    }

    int port() {
        return network.proxyPort();
    }

    String user() {
        return network.proxyUser();
    }

    String password() {
        return network.proxyPassword().value();
    }

    ProxySelector selector() {
        return new ProxySelector() {
            @Override
            public List<Proxy> select(URI uri) {
                return List.of(proxyFor(uri.getHost())
                        .map(proxy -> new Proxy(Proxy.Type.HTTP, proxy))
                        .orElse(Proxy.NO_PROXY));
            }

            @Override
            public void connectFailed(URI uri, SocketAddress address, IOException failure) {
                // The caller gets the failure.
            }
        };
    }

    SSLContext sslContext() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {trustManager}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This Java has no TLS", e);
        }
    }

    private static boolean isOfAnotherName(Throwable failure) {
        return failure instanceof CertificateException
                && String.valueOf(failure.getMessage()).matches("No (subject alternative|name matching).*");
    }

    private static boolean notConnected(Throwable failure) {
        return failure instanceof ConnectException
                || failure instanceof NoRouteToHostException
                || failure instanceof UnknownHostException
                || failure instanceof HttpConnectTimeoutException
                || failure instanceof SocketTimeoutException
                        && String.valueOf(failure.getMessage()).contains("onnect");
    }

    private static String reason(Throwable failure) {
        return failure.getClass().getSimpleName();
    }

    private static String name(InetSocketAddress proxy) {
        return proxy.getHostString() + ":" + proxy.getPort();
    }
}
