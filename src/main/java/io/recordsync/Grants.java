package io.recordsync;

import io.recordsync.config.InvalidConfiguration;
import io.recordsync.config.SalesforceAuth;
import io.recordsync.config.SalesforceSettings;
import io.recordsync.config.Settings;
import io.recordsync.config.TalkdeskAuth;
import io.recordsync.config.TalkdeskSettings;
import io.recordsync.network.Outbound;
import io.recordsync.oauth.AccessTokens;
import io.recordsync.oauth.ClientCredentials;
import io.recordsync.oauth.Grant;
import io.recordsync.oauth.Instances;
import io.recordsync.oauth.JwtBearer;
import io.recordsync.oauth.PrivateKeyJwt;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;

/** How the service proves at both ends who it is, by its settings. */
record Grants(Grant salesforce, Grant talkdesk) {

    static Grants of(Settings settings) {
        TalkdeskSettings talkdesk = settings.talkdesk();
        return new Grants(of(settings.salesforce()), ofTalkdesk(talkdesk, talkdesk.scope()));
    }

    private static Grant of(SalesforceSettings settings) {
        return settings.auth() == SalesforceAuth.JWT
                ? new JwtBearer(settings.clientId(), settings.jwt())
                : ClientCredentials.inForm(settings.clientId(), settings.clientSecret());
    }

    /** The tokens of Talkdesk with this scope; each scope has tokens of its own, so that one that was not granted stops nothing else. */
    static AccessTokens tokensOfTalkdesk(Settings settings, String scope, Outbound outbound) {
        return new AccessTokens(
                settings.talkdesk().tokenUrl(),
                ofTalkdesk(settings.talkdesk(), scope),
                settings.oauthTimeout(),
                outbound,
                Instances.NONE);
    }

    private static Grant ofTalkdesk(TalkdeskSettings settings, String scope) {
        return settings.auth() == TalkdeskAuth.PRIVATE_KEY_JWT
                ? new PrivateKeyJwt(settings.clientId(), settings.keyId(), Path.of(settings.privateKey()), scope)
                : ClientCredentials.inHeader(settings.clientId(), settings.clientSecret(), scope);
    }

    /** @throws InvalidConfiguration when a key file cannot be used: no login will work with it */
    void check() {
        List<String> mistakes = new ArrayList<>();
        check("salesforce.jwt.keystore", salesforce, mistakes);
        check("talkdesk.private-key", talkdesk, mistakes);
        if (!mistakes.isEmpty()) {
            throw new InvalidConfiguration(mistakes);
        }
    }

    private static void check(String key, Grant grant, List<String> mistakes) {
        try {
            grant.check();
        } catch (IOException | GeneralSecurityException e) {
            mistakes.add(key + ": " + e.getMessage());
        }
    }
}
