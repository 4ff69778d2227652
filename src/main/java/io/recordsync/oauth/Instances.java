package io.recordsync.oauth;

import io.recordsync.config.Loopback;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The instances of Salesforce that a token answer may lead to: what it names comes from outside, every call goes there, and the
 * token with it.
 *
 * <p>An instance is an https origin: of the host of the login, or below a domain that is known. Immutable.
 */
public final class Instances {

    /** Of the end that has no instances: what its answer names is not read. */
    public static final Instances NONE = new Instances(null, List.of());

    private static final List<String> SALESFORCES = List.of("salesforce.com", "force.com");
    private static final int MAX_SHOWN = 100;

    private final String loginHost;
    private final List<String> domains;

    private Instances(String loginHost, List<String> domains) {
        this.loginHost = loginHost;
        this.domains = domains;
    }

    /** @param domains that are trusted beside Salesforce's own and the host of the login */
    public static Instances of(URI loginUrl, List<String> domains) {
        return new Instances(
                lower(loginUrl.getHost()),
                Stream.concat(SALESFORCES.stream(), domains.stream().map(Instances::lower))
                        .toList());
    }

    /**
     * The origin that an answer names; null where it names none.
     *
     * @throws IllegalArgumentException when it is none of these; the message is for a person
     */
    String read(String named) {
        if (loginHost == null || named == null || named.isBlank()) {
            return null;
        }
        String origin = named.endsWith("/") ? named.substring(0, named.length() - 1) : named;
        if (!isOneOfThem(origin)) {
            throw new IllegalArgumentException("answered 200 with the instance_url " + shown(named)
                    + ", where nothing was sent (expected https:// and a host: " + loginHost + ", or below "
                    + String.join(", ", domains)
                    + "); if it is right, name its domain in salesforce.instance-domains");
        }
        return origin;
    }

    private boolean isOneOfThem(String origin) {
        URI uri;
        try {
            uri = new URI(origin);
        } catch (URISyntaxException e) {
            return false;
        }
        String host = uri.getHost();
        boolean isOrigin = host != null && origin.equals(uri.getScheme() + "://" + uri.getRawAuthority());
        if (!isOrigin || uri.getRawUserInfo() != null) {
            return false;
        }
        // A simulator on this machine.
        if (Loopback.is(host) && Loopback.is(loginHost)) {
            return List.of("http", "https").contains(uri.getScheme());
        }
        String name = lower(host);
        return uri.getScheme().equals("https")
                && (name.equals(loginHost) || domains.stream().anyMatch(domain -> name.endsWith("." + domain)));
    }

    private static String lower(String host) {
        return host.toLowerCase(Locale.ROOT);
    }

    /** On one line, without what may be a secret or mean anything to whatever shows it. */
    private static String shown(String named) {
        String safe = named.replaceAll("[?#].*|[^/]*@", "…").replaceAll("[^\\w.:/\\[\\]…-]", "?");
        return safe.length() > MAX_SHOWN ? safe.substring(0, MAX_SHOWN) + "…" : safe;
    }
}
