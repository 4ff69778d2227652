package io.recordsync.network;

import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.HttpConnectProxiedSocketAddress;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannelBuilder;
import io.grpc.ProxiedSocketAddress;
import io.grpc.TlsChannelCredentials;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/** The way out for gRPC: channels that go through the proxy, and trust as all else does. */
public final class OutboundGrpc {

    private OutboundGrpc() {}

    /** @param plaintext without TLS: for a simulator */
    public static ManagedChannelBuilder<?> channel(Outbound outbound, String host, int port, boolean plaintext) {
        ChannelCredentials credentials = plaintext
                ? InsecureChannelCredentials.create()
                : TlsChannelCredentials.newBuilder()
                        .trustManager(outbound.trustManager())
                        .build();
        return Grpc.newChannelBuilderForAddress(host, port, credentials)
                .proxyDetector(target -> proxied(outbound, host, target));
    }

    /** Null: directly. The name of the target is the proxy's to resolve; a company network may not know it. */
    private static ProxiedSocketAddress proxied(Outbound outbound, String host, SocketAddress target)
            throws IOException {
        Optional<InetSocketAddress> proxy = outbound.proxyFor(host);
        if (proxy.isEmpty()) {
            return null;
        }
        outbound.checkProxy(host);
        InetSocketAddress resolved =
                new InetSocketAddress(proxy.get().getHostString(), proxy.get().getPort());
        if (resolved.isUnresolved()) {
            throw new UnknownHostException(resolved.getHostString());
        }
        HttpConnectProxiedSocketAddress.Builder address = HttpConnectProxiedSocketAddress.newBuilder()
                .setProxyAddress(resolved)
                .setTargetAddress((InetSocketAddress) target);
        if (!outbound.user().isEmpty()) {
            address.setUsername(outbound.user()).setPassword(outbound.password());
        }
        return address.build();
    }
}
