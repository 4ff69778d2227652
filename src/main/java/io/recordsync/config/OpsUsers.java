package io.recordsync.config;

import java.util.List;

/**
 * Who may use the page and the API, beside {@code ops.user}.
 *
 * @param file of {@code htpasswd}; empty: nobody
 * @param viewers those of them who may look and not change
 */
public record OpsUsers(String file, List<String> viewers) {

    /** Nobody. */
    public static final OpsUsers NONE = new OpsUsers("", List.of());

    public OpsUsers {
        viewers = List.copyOf(viewers);
    }

    public boolean areSet() {
        return !file.isEmpty();
    }
}
