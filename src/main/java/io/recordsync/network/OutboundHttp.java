package io.recordsync.network;

import java.io.IOException;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.hc.client5.http.auth.AuthScope;
import org.apache.hc.client5.http.auth.UsernamePasswordCredentials;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.impl.ChainElement;
import org.apache.hc.client5.http.impl.auth.BasicCredentialsProvider;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.routing.SystemDefaultRoutePlanner;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;

/**
 * The way out for camel-http: {@code httpClientConfigurer}. Whom to trust goes by {@code sslContextParameters}.
 *
 * <p>A failure on the way is a {@link NetworkException}. A proxy's own answer is one too: Apache's client would hand it over
 * as the answer of the other end, whose 403 or 407 means something else.
 */
public final class OutboundHttp implements HttpClientConfigurer {

    private static final String CONNECTED = "recordsync.connected";

    private final Outbound outbound;

    public OutboundHttp(Outbound outbound) {
        this.outbound = outbound;
    }

    @Override
    public void configureHttpClient(HttpClientBuilder client) {
        client.setRoutePlanner(new SystemDefaultRoutePlanner(outbound.selector()));
        if (!outbound.user().isEmpty()) {
            BasicCredentialsProvider credentials = new BasicCredentialsProvider();
            credentials.setCredentials(
                    new AuthScope(outbound.host(), outbound.port()),
                    new UsernamePasswordCredentials(
                            outbound.user(), outbound.password().toCharArray()));
            client.setDefaultCredentialsProvider(credentials);
        }
        client.addExecInterceptorFirst("outbound", this::send);
        // Behind what digs the tunnel: a refused one does not come so far.
        client.addExecInterceptorBefore(ChainElement.MAIN_TRANSPORT.name(), CONNECTED, (request, scope, chain) -> {
            scope.clientContext.setAttribute(CONNECTED, true);
            return chain.proceed(request, scope);
        });
    }

    private ClassicHttpResponse send(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        String target = scope.route.getTargetHost().getHostName();
        scope.clientContext.removeAttribute(CONNECTED);
        ClassicHttpResponse answer;
        try {
            answer = chain.proceed(request, scope);
        } catch (IOException e) {
            throw outbound.explain(target, e)
                    .<IOException>map(NetworkException::new)
                    .orElse(e);
        }
        if (answer.getCode() == 407 || scope.clientContext.getAttribute(CONNECTED) == null) {
            answer.close();
            throw new NetworkException(outbound.refused(target, answer.getCode()));
        }
        return answer;
    }
}
