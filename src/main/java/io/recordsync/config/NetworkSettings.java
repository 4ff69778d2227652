package io.recordsync.config;

import java.util.List;

/**
 * The way out of the company network.
 *
 * @param proxyHost empty: no proxy
 * @param proxyUser empty: the proxy gets no credentials
 * @param noProxy the hosts that are reached without it, and all below them
 * @param caBundle the path of a PEM file with certificates to trust in addition; empty: none
 */
public record NetworkSettings(
        String proxyHost,
        int proxyPort,
        String proxyUser,
        Secret proxyPassword,
        List<String> noProxy,
        String caBundle) {

    public NetworkSettings {
        noProxy = List.copyOf(noProxy);
    }
}
