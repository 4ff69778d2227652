package io.recordsync.network;

import io.recordsync.config.PemCertificates;
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
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/**
 * The proxy, if there is one, and the certificates that are trusted: Java's, and those of a bundle.
 *
 * <p>As it is made, connections are direct and Java's certificates are trusted. Set once, before use, by properties: a
 * secret of digits would break as a constructor argument. Thread-safe after that.
 */
public final class Outbound {

    /** How Java's client and Netty word a proxy's refusal; Apache's client hands over the answer itself. */
    private static final Pattern REFUSAL = Pattern.compile("(?:Tunnel failed, got: |=> \\S+, status: )(\\d{3})");

    private String host = "";
    private int port;
    private String user = "";
    private String password = "";
    private List<String> direct = List.of();
    private X509TrustManager trustManager = trusting(List.of());

    /** Empty: no proxy. */
    public void setHost(String host) {
        this.host = host;
    }

    public void setPort(int port) {
        this.port = port;
    }

    /** Empty: the proxy is told no name. */
    public void setUser(String user) {
        this.user = user;
        if (!user.isEmpty() && System.getProperty("jdk.http.auth.tunneling.disabledSchemes") == null) {
            // Java's client would tell a proxy no Basic credentials on the way to https; it reads this once.
            System.setProperty("jdk.http.auth.tunneling.disabledSchemes", "");
        }
    }

    public void setPassword(String password) {
        this.password = password;
    }

    /** The hosts that are reached without the proxy, and all below them; separated by commas. */
    public void setNoProxy(String hosts) {
        direct = Arrays.stream(hosts.toLowerCase(Locale.ROOT).split(","))
                .map(String::strip)
                .toList();
    }

    /**
     * The PEM file with certificates to trust in addition; empty = none.
     *
     * @throws IOException when it cannot be read
     * @throws CertificateException when it holds no certificate
     */
    public void setCaBundle(String file) throws IOException, CertificateException {
        trustManager = trusting(file.isEmpty() ? List.of() : PemCertificates.read(Path.of(file)));
    }

    /** The proxy on the way to a host, not resolved; empty where the way is direct. */
    public Optional<InetSocketAddress> proxyFor(String target) {
        String name = target.toLowerCase(Locale.ROOT);
        boolean isDirect = host.isEmpty()
                || direct.stream().anyMatch(exempt -> name.equals(exempt) || name.endsWith("." + exempt));
        return isDirect ? Optional.empty() : Optional.of(InetSocketAddress.createUnresolved(host, port));
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
        if (!user.isEmpty() && proxyFor(uri.getHost()).isPresent()) {
            byte[] credentials = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
            request.header("Proxy-Authorization", "Basic " + Base64.getEncoder().encodeToString(credentials));
        }
        return request;
    }

    /** What a person has to mend where a request could not be sent; empty where that is none of this class's business. */
    public Optional<String> explain(String target, Throwable failure) {
        List<Throwable> chain = Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
                .limit(20)
                .toList();
        for (Throwable link : chain) {
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

    /** The words for a proxy's own answer on the way to a target. */
    public String refused(String target, int status) {
        String proxy = "the proxy " + host + ":" + port;
        // tinyproxy answers wrong credentials with 401.
        if (status == 407 || status == 401) {
            return proxy
                    + (user.isEmpty()
                                    ? " wants credentials (%d); set proxy.user and proxy.password"
                                    : " refuses the credentials (%d); check proxy.user and proxy.password")
                            .formatted(status);
        }
        return status >= 500
                ? proxy + " does not reach " + target + " (" + status + ")"
                : proxy + " does not let through to " + target + " (" + status
                        + "); have it allowed there, or name it in proxy.no-proxy";
    }

    String host() {
        return host;
    }

    int port() {
        return port;
    }

    String user() {
        return user;
    }

    String password() {
        return password;
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
                // Whoever asked gets the failure.
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

    private static X509TrustManager trusting(Collection<? extends Certificate> bundle) {
        try {
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            int number = 0;
            for (X509Certificate certificate : trustManager(null).getAcceptedIssuers()) {
                trusted.setCertificateEntry("java-" + number++, certificate);
            }
            for (Certificate certificate : bundle) {
                trusted.setCertificateEntry("bundle-" + number++, certificate);
            }
            return trustManager(trusted);
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("Java's trusted certificates cannot be used", e);
        }
    }

    /** @param trusted null: Java's */
    private static X509TrustManager trustManager(KeyStore trusted) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(trusted);
        return Arrays.stream(factory.getTrustManagers())
                .filter(X509TrustManager.class::isInstance)
                .map(X509TrustManager.class::cast)
                .findFirst()
                .orElseThrow();
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
