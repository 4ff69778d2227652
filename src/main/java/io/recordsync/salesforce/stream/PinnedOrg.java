package io.recordsync.salesforce.stream;

import io.recordsync.inbox.Intakes;
import io.recordsync.oauth.AccessTokens;
import io.recordsync.oauth.Token;

/**
 * The Salesforce org that the inbox belongs to, and the tokens that lead there.
 *
 * <p>A full sandbox has the record ids of production: what another org reports as deleted must not reach Talkdesk because
 * somebody changed the credentials. The first org whose token is seen here is pinned. Thread-safe.
 */
public final class PinnedOrg {

    /** What is wrong with a token answer that does not say which org it is for. */
    public static final String ORG_EXPECTED = "token answer does not name the org (expected instance_url, and"
            + " id = https://…/id/<18 characters>/<user>)";

    private final AccessTokens tokens;
    private final Intakes intakes;

    public PinnedOrg(AccessTokens tokens, Intakes intakes) {
        this.tokens = tokens;
        this.intakes = intakes;
    }

    /**
     * A token of the org. Another one is dropped: asked for again, the credentials may be the right ones.
     *
     * @throws OtherOrgException when the credentials lead to another org
     * @throws UnknownOrgException when the token answer does not name an org
     */
    public Token token() {
        Token token = tokens.token();
        if (!named(token)) {
            tokens.drop(token.value());
            throw new UnknownOrgException();
        }
        String pinned = intakes.pinOrg(token.orgId());
        if (!pinned.equals(token.orgId())) {
            tokens.drop(token.value());
            throw new OtherOrgException(token.orgId(), pinned);
        }
        return token;
    }

    /** Whether the token answer named the org and its instance. */
    public static boolean named(Token token) {
        return token.orgId() != null && token.instanceUrl() != null;
    }

    /** The credentials lead to another org than the pinned one: a person has to fix or confirm it. */
    public static final class OtherOrgException extends IllegalStateException {

        private final String orgId;

        OtherOrgException(String orgId, String pinned) {
            super("The Salesforce credentials lead to org " + orgId + ", but this inbox belongs to org " + pinned
                    + "; Salesforce is not asked, and intake and delivery stand still, until the credentials are fixed or"
                    + " a person confirms the new org (POST /api/salesforce/confirm-org)");
            this.orgId = orgId;
        }

        /** Where the credentials lead. */
        String orgId() {
            return orgId;
        }
    }

    /** The token answer does not name an org. */
    public static final class UnknownOrgException extends IllegalStateException {

        UnknownOrgException() {
            super("Salesforce's " + ORG_EXPECTED + "; check salesforce.login-url");
        }
    }
}
