package io.recordsync.network;

import java.net.URI;

/** Where a connection leads to: a host, and the port that a proxy or a firewall may refuse. */
public record Target(String host, int port) {

    public static Target of(URI uri) {
        boolean plain = "http".equals(uri.getScheme());
        return new Target(uri.getHost(), uri.getPort() >= 0 ? uri.getPort() : plain ? 80 : 443);
    }

    /** As in a URL. */
    @Override
    public String toString() {
        return (host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host) + ":" + port;
    }
}
