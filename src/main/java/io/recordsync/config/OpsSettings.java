package io.recordsync.config;

import java.util.List;

/**
 * Where the page, the API, health and metrics are served, and to whom.
 *
 * @param enabled false: nowhere, because a host shows health and metrics on a server of its own
 * @param port 0: any that is free
 * @param password empty: without users of a file the page and the API answer on loopback only
 * @param allowedHosts the Host headers that are accepted, at least one
 */
public record OpsSettings(
        boolean enabled,
        String host,
        int port,
        String user,
        Secret password,
        List<String> allowedHosts,
        OpsUsers users,
        OpsTls tls) {

    public OpsSettings {
        allowedHosts = Required.items(Keys.OPS_ALLOWED_HOSTS, allowedHosts);
    }

    /** Whether callers have to say who they are. */
    public boolean askForPassword() {
        return !password.isEmpty() || users.areSet();
    }
}
