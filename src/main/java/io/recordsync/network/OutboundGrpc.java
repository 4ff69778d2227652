package io.recordsync.network;

import io.grpc.ChannelCredentials;
import io.grpc.HttpConnectProxiedSocketAddress;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannelBuilder;
import io.grpc.ProxiedSocketAddress;
import io.grpc.TlsChannelCredentials;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.ChannelOption;
import io.recordsync.config.Loopback;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The way out for gRPC: channels that go through the proxy, and trust as all else does. */
public final class OutboundGrpc {

    private static final int MAX_HEADER_BYTES = 64 << 10;

    private OutboundGrpc() {}

    /**
     * @param plaintext without TLS: for a simulator
     * @param keepAlive how often it is pinged while calls are open; zero: never
     * @throws IllegalArgumentException when it would be plaintext to another machine: the token goes with every call
     */
    public static ManagedChannelBuilder<?> channel(
            Outbound outbound, Target target, boolean plaintext, Duration keepAlive) {
        if (plaintext && !Loopback.is(target.host())) {
            throw new IllegalArgumentException(
                    "gRPC in plaintext to " + target + ": expected TLS, or this machine (localhost, 127.0.0.1, ::1)");
        }
        ChannelCredentials credentials = plaintext
                ? InsecureChannelCredentials.create()
                : TlsChannelCredentials.newBuilder()
                        .trustManager(outbound.trustManager())
                        .build();
        // Each address of the host is tried for so long, then the next one.
        NettyChannelBuilder channel = NettyChannelBuilder.forAddress(target.host(), target.port(), credentials)
                .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) Connecting.MAX.toMillis())
                .proxyDetector(address -> proxied(outbound, target.host(), address));
        // A refusal with many words would come without its error code.
        channel.maxInboundMetadataSize(MAX_HEADER_BYTES);
        return keepAlive.isZero() ? channel : channel.keepAliveTime(keepAlive.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Null: directly. The name of the target is the proxy's to resolve; a company network may not know it. */
    private static ProxiedSocketAddress proxied(Outbound outbound, String host, SocketAddress target)
            throws IOException {
        Optional<InetSocketAddress> proxy = outbound.proxyFor(host);
        if (proxy.isEmpty()) {
            return null;
        }
        outbound.checkProxy(host);
        HttpConnectProxiedSocketAddress.Builder address = HttpConnectProxiedSocketAddress.newBuilder()
                .setProxyAddress(listening(proxy.get()))
                .setTargetAddress((InetSocketAddress) target);
        if (!outbound.user().isEmpty()) {
            address.setUsername(outbound.user()).setPassword(outbound.password());
        }
        return address.build();
    }

    /** gRPC takes one address of a proxy: the first that takes a connection; where none does, the first. */
    private static InetSocketAddress listening(InetSocketAddress proxy) throws IOException {
        InetAddress[] addresses = InetAddress.getAllByName(proxy.getHostString());
        for (int i = 0; i < addresses.length && addresses.length > 1; i++) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(addresses[i], proxy.getPort()), (int) Connecting.MAX.toMillis());
                return new InetSocketAddress(addresses[i], proxy.getPort());
            } catch (IOException e) {
                // The next one may.
            }
        }
        return new InetSocketAddress(addresses[0], proxy.getPort());
    }
}
