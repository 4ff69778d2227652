package io.recordsync.network;

import java.io.IOException;
import java.time.Duration;
import javax.net.ssl.SSLException;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.hc.client5.http.auth.AuthScope;
import org.apache.hc.client5.http.auth.UsernamePasswordCredentials;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.TlsConfig;
import org.apache.hc.client5.http.impl.ChainElement;
import org.apache.hc.client5.http.impl.auth.BasicAuthCache;
import org.apache.hc.client5.http.impl.auth.BasicCredentialsProvider;
import org.apache.hc.client5.http.impl.auth.BasicScheme;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.impl.routing.SystemDefaultRoutePlanner;
import org.apache.hc.client5.http.io.HttpClientConnectionManager;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.HostnameVerificationPolicy;
import org.apache.hc.client5.http.ssl.HttpsSupport;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/**
 * The way out for camel-http: {@code httpClientConfigurer}, and {@code clientConnectionManager} for the certificates that are trusted.
 *
 * <p>A failure on the way is a {@link NetworkException}. A proxy's own answer is one too: Apache's client would hand it over
 * as the answer of the other end, whose 403 or 407 means something else.
 */
public final class OutboundHttp implements HttpClientConfigurer {

    /** A gateway that adds much adds some dozens, and a policy of some thousand characters. */
    private static final int MAX_HEADERS = 500;

    private static final int MAX_HEADER_LINE_BYTES = 64 << 10;

    private static final String CONNECTED = "recordsync.connected";

    private final Outbound outbound;
    private final ReusedConnections reused = new ReusedConnections();

    public OutboundHttp(Outbound outbound) {
        this.outbound = outbound;
    }

    /**
     * Connections that trust the same certificates as all others. Not by {@code sslContextParameters}: given those, camel-http 4.18
     * speaks TLS to http URLs too.
     *
     * @param connectTimeout of each address of a host: see {@link Connecting}
     */
    public static HttpClientConnectionManager connections(Outbound outbound, Duration connectTimeout) {
        return PoolingHttpClientConnectionManagerBuilder.create()
                .setDefaultConnectionConfig(ConnectionConfig.custom()
                        .setConnectTimeout(Timeout.of(connectTimeout))
                        // Before each use: the other end may have closed it a moment ago.
                        .setValidateAfterInactivity(TimeValue.ZERO_MILLISECONDS)
                        .build())
                // Without it a handshake had the time of a connect.
                .setDefaultTlsConfig(TlsConfig.custom()
                        .setHandshakeTimeout(Timeout.of(Connecting.MAX))
                        .build())
                // Java's own check of the name too: it says which names the certificate is for.
                .setTlsSocketStrategy(new DefaultClientTlsStrategy(
                        outbound.sslContext(),
                        HostnameVerificationPolicy.BOTH,
                        HttpsSupport.getDefaultHostnameVerifier()))
                // By itself it reads a head without end, until the memory is full.
                .setConnectionFactory(ManagedHttpClientConnectionFactory.builder()
                        .http1Config(Http1Config.custom()
                                .setMaxHeaderCount(MAX_HEADERS)
                                .setMaxLineLength(MAX_HEADER_LINE_BYTES)
                                .build())
                        .build())
                // As many as there may be calls in flight.
                .setMaxConnPerRoute(100)
                .setMaxConnTotal(200)
                .build();
    }

    @Override
    public void configureHttpClient(HttpClientBuilder client) {
        // One call is one request: this client would repeat it behind our back.
        client.disableAutomaticRetries();
        // Neither end has a use for them.
        client.disableCookieManagement();
        client.setRoutePlanner(new SystemDefaultRoutePlanner(outbound.selector()));
        if (!outbound.user().isEmpty()) {
            BasicCredentialsProvider credentials = new BasicCredentialsProvider();
            credentials.setCredentials(new AuthScope(outbound.host(), outbound.port()), credentials());
            client.setDefaultCredentialsProvider(credentials);
        }
        client.setKeepAliveStrategy(ReusedConnections.keepAlive());
        client.addExecInterceptorBefore(ChainElement.CONNECT.name(), "reused", reused);
        client.addExecInterceptorFirst("outbound", this::send);
        // Behind what digs the tunnel: a refused one does not come so far.
        client.addExecInterceptorBefore(ChainElement.MAIN_TRANSPORT.name(), CONNECTED, (request, scope, chain) -> {
            scope.clientContext.setAttribute(CONNECTED, true);
            return chain.proceed(request, scope);
        });
    }

    /** The credentials go with the first request: the proxy need not refuse one to get them. */
    private BasicAuthCache atOnce() {
        BasicScheme basic = new BasicScheme();
        basic.initPreemptive(credentials());
        BasicAuthCache cache = new BasicAuthCache();
        cache.put(new HttpHost(outbound.host(), outbound.port()), basic);
        return cache;
    }

    private UsernamePasswordCredentials credentials() {
        return new UsernamePasswordCredentials(
                outbound.user(), outbound.password().toCharArray());
    }

    private ClassicHttpResponse send(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        HttpHost host = scope.route.getTargetHost();
        Target target = new Target(
                host.getHostName(),
                host.getPort() >= 0 ? host.getPort() : "http".equals(host.getSchemeName()) ? 80 : 443);
        scope.clientContext.removeAttribute(CONNECTED);
        if (!outbound.user().isEmpty()) {
            scope.clientContext.setAuthCache(atOnce());
        }
        outbound.checkProxy(target.host());
        ClassicHttpResponse answer;
        try {
            answer = chain.proceed(request, scope);
        } catch (IOException e) {
            throw outbound.explain(target, e)
                    .<IOException>map(NetworkException::new)
                    .orElseGet(() -> scope.clientContext.getAttribute(CONNECTED) == null && e instanceof SSLException
                            ? new NetworkException("no TLS connection to " + target + " (" + e.getMessage() + ")")
                            : e);
        }
        if (answer.getCode() == 407 || scope.clientContext.getAttribute(CONNECTED) == null) {
            answer.close();
            throw new NetworkException(outbound.refused(target, answer.getCode()));
        }
        return answer;
    }
}
