package io.recordsync.config;

import static io.recordsync.config.Form.listOf;
import static io.recordsync.config.Form.secret;
import static io.recordsync.config.Form.text;
import static io.recordsync.config.Table.often;

import java.util.List;

/**
 * The keys of several people and of TLS on the page. They enter the table where {@link Keys} names them first.
 */
final class OpsKeys {

    static final Key<String> USERS = often(
            "ops.users",
            "",
            text(),
            "A file with the users of the page and the API and their bcrypt hashes, as `htpasswd -B` writes it; empty means none"
                    + " but `ops.user`.");
    static final Key<List<String>> VIEWERS = often(
            "ops.viewers",
            "",
            listOf("names of ops.users, separated by commas", "[^:,]+"),
            "Those of `ops.users` who may look and not change; the others are operators.");
    static final Key<String> TLS_KEYSTORE = often(
            "ops.tls.keystore",
            "",
            text(),
            "The key store (PKCS #12 or JKS) with the key and the certificate of the page, the API, health and metrics, which speak"
                    + " TLS then; empty means plain HTTP.");
    static final Key<Secret> TLS_KEYSTORE_PASSWORD =
            often("ops.tls.keystore-password", "", secret(text()), "The password of that key store and of its key.");

    /** In the order of the reference. */
    static final List<Key<?>> ALL = List.of(USERS, VIEWERS, TLS_KEYSTORE, TLS_KEYSTORE_PASSWORD);

    private OpsKeys() {}

    static OpsSettings settings(Reading read) {
        return new OpsSettings(
                read.get(Keys.OPS_ENABLED),
                read.get(Keys.OPS_HOST),
                read.get(Keys.OPS_PORT),
                read.get(Keys.OPS_USER),
                read.get(Keys.OPS_PASSWORD),
                read.get(Keys.OPS_ALLOWED_HOSTS),
                new OpsUsers(read.get(USERS), read.get(VIEWERS)),
                new OpsTls(read.get(TLS_KEYSTORE), read.get(TLS_KEYSTORE_PASSWORD)));
    }
}
