package io.recordsync.oauth;

import com.fasterxml.jackson.databind.JsonNode;
import io.recordsync.network.Looks;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A token endpoint's refusal: its code, its own words on one line, what to do, and whether it passes by itself.
 *
 * <p>One code of Salesforce's, {@code invalid_grant} above all, stands for many causes, which its description alone tells apart.
 *
 * @param passes whether it is worth asking again although nobody has fixed anything
 * @param words for a person; without what was sent
 */
record LoginRefusal(boolean passes, String words) {

    private static final Pattern ERROR_CODE = Pattern.compile("[A-Za-z][A-Za-z0-9_.-]{0,59}");

    /** A cause, by the code or the words that tell it. */
    private record Cause(Pattern sign, boolean passes, String advice) {

        static Cause lasting(String sign, String advice) {
            return new Cause(Pattern.compile(sign), false, advice);
        }

        static Cause passing(String sign, String advice) {
            return new Cause(Pattern.compile(sign), true, advice);
        }
    }

    private static final List<Cause> CAUSES = List.of(
            Cause.passing("unknown_error|retry your request", "it is asked again"),
            Cause.passing(
                    "login rate|rate_limit_exceeded|rate exceeded|too many login",
                    "it is asked again; the logins of a user are limited: see which other programs log in as this one"),
            Cause.lasting(
                    "on this domain",
                    "salesforce.login-url has to be the org's own domain (My Domain:"
                            + " https://<name>.my.salesforce.com)"),
            Cause.lasting(
                    "ip[_ ]restricted|ip[_ ]range|ip[_ ]address|ip[_ ]not[_ ]allowed",
                    "let the address that this machine is seen with in: the login IP ranges of the user's profile, or"
                            + " the IP relaxation of the app"),
            Cause.lasting(
                    "inactive[_ ]user|user is inactive|user is not active",
                    "activate the user, or let the app run as another one"),
            Cause.lasting(
                    "inactive[_ ]org|org is|organization",
                    "the org is not active (suspended, locked or expired): ask its administrator or Salesforce; check"
                            + " salesforce.login-url"),
            Cause.lasting(
                    "no client credentials user",
                    "choose the user that the app runs as (Run As) in the app's policies, with the client credentials"
                            + " flow enabled"),
            Cause.lasting(
                    "approved|invalid_app_access|app_access_denied",
                    "let the user use the app: its permitted users, or a permission set that has the app"),
            Cause.lasting(
                    "audience",
                    "check salesforce.jwt.audience: https://login.salesforce.com, or https://test.salesforce.com for a"
                            + " sandbox"),
            Cause.lasting("locked", "unlock the user"));

    /** @param grant that was refused, for what is to be checked */
    static LoginRefusal of(int status, JsonNode answer, Grant grant, Grant.Proof proof) {
        String code = TokenFields.text(answer, "error");
        String description = TokenFields.text(answer, "error_description");
        String message = description.isBlank() ? TokenFields.text(answer, "message") : description;
        String said = Looks.said(proof.censored(message));
        String signs = (code + " " + description).toLowerCase(Locale.ROOT);
        Cause cause = CAUSES.stream()
                .filter(known -> known.sign().matcher(signs).find())
                .findFirst()
                .orElseGet(() -> byCode(status, code, grant));
        String words = "answered " + status
                + (ERROR_CODE.matcher(code).matches() ? " " + proof.censored(code) : "")
                + (said.isEmpty() ? "" : " (" + said + ")");
        return new LoginRefusal(cause.passes(), words + "; " + cause.advice());
    }

    private static Cause byCode(int status, String code, Grant grant) {
        return switch (code) {
            case "invalid_client", "invalid_client_id", "invalid_client_credentials" -> Cause.lasting(
                    "", "check the " + grant);
            case "invalid_grant" -> Cause.lasting(
                    "",
                    "check the " + grant
                            + ", this machine's clock, and that the app knows the certificate and lets the user in");
            case "invalid_scope" -> Cause.lasting("", "check the scope");
            case "unauthorized_client", "unsupported_grant_type" -> Cause.lasting(
                    "", "allow this flow (" + grant + ") for the client");
            default -> {
                if (passes(status)) {
                    yield Cause.passing("", "it is asked again");
                }
                yield Cause.lasting(
                        "",
                        status == 400 || status == 401 || status == 403
                                ? "check the " + grant + " (a scope that was just granted takes minutes)"
                                : "check that the URL is the token endpoint");
            }
        };
    }

    /** Whether a status says that it is asked at the wrong moment only. */
    static boolean passes(int status) {
        return status == 408 || status == 429 || status >= 500;
    }
}
