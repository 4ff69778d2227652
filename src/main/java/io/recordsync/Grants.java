package io.recordsync;

import io.recordsync.config.SalesforceAuth;
import io.recordsync.config.SalesforceSettings;
import io.recordsync.config.TalkdeskAuth;
import io.recordsync.config.TalkdeskSettings;
import io.recordsync.oauth.ClientCredentials;
import io.recordsync.oauth.Grant;
import io.recordsync.oauth.JwtBearer;
import io.recordsync.oauth.PrivateKeyJwt;
import java.nio.file.Path;

/** The grant that each end gives an access token for, as configured. */
final class Grants {

    private Grants() {}

    static Grant of(SalesforceSettings settings) {
        return settings.auth() == SalesforceAuth.JWT
                ? new JwtBearer(settings.clientId(), settings.jwt())
                : ClientCredentials.inForm(settings.clientId(), settings.clientSecret());
    }

    static Grant of(TalkdeskSettings settings) {
        return settings.auth() == TalkdeskAuth.PRIVATE_KEY_JWT
                ? new PrivateKeyJwt(
                        settings.clientId(), settings.keyId(), Path.of(settings.privateKey()), settings.scope())
                : ClientCredentials.inHeader(settings.clientId(), settings.clientSecret(), settings.scope());
    }
}
