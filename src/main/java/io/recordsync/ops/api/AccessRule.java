package io.recordsync.ops.api;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * By what name and in what form the page and the API may be asked, whoever asks.
 *
 * <p>Bound to loopback, or where callers have to say who they are, the service answers; bound elsewhere without that it answers nobody.
 * The Host header must name an allowed host, so that a page of another site cannot reach us by a DNS name of its own. The address
 * that {@code ops.host} names is always allowed. A change must be sent as JSON and not from another site's page: a browser
 * sends neither without asking first. Immutable; safe from any thread.
 */
public final class AccessRule {

    private static final Pattern LOOPBACK =
            Pattern.compile("localhost|127(\\.\\d{1,3}){3}|::1", Pattern.CASE_INSENSITIVE);
    private static final Pattern ANY_ADDRESS = Pattern.compile("0\\.0\\.0\\.0|::|\\*|");
    private static final Pattern PORT = Pattern.compile(":\\d{1,5}$");
    private static final int MAX_SHOWN = 100;
    private static final String BEHIND_A_PROXY =
            ". Behind a proxy, let it pass the Host header on as it came: proxy_set_header Host $http_host (nginx),"
                    + " ProxyPreserveHost On (Apache)";

    private final boolean closed;
    private final Set<String> allowedHosts;

    /**
     * @param boundHost {@code ops.host}
     * @param asksForPassword whether callers have to say who they are
     * @param allowedHosts host names without ports
     */
    public AccessRule(String boundHost, boolean asksForPassword, List<String> allowedHosts) {
        String bound = name(boundHost.strip());
        this.closed = !asksForPassword && !LOOPBACK.matcher(bound).matches();
        this.allowedHosts = Stream.concat(
                        allowedHosts.stream().map(AccessRule::name),
                        Stream.of(bound)
                                .filter(host -> !ANY_ADDRESS.matcher(host).matches()))
                .filter(host -> !host.isEmpty())
                .collect(Collectors.toUnmodifiableSet());
    }

    /** A request as it came over the wire: every value of each header, empty when the header is absent. */
    record Request(String method, List<String> host, List<String> contentType, List<String> origin) {}

    /**
     * Before anything else.
     *
     * @throws Refusal naming what to configure or to send
     */
    void checkHost(Request request) {
        if (closed) {
            throw Refusal.of(
                    403,
                    "Not served without a password on an address that is not loopback: set ops.password or ops.users, or"
                            + " ops.host to 127.0.0.1");
        }
        String host = only(request.host());
        if (host == null || !allowedHosts.contains(name(host))) {
            throw Refusal.of(
                    403,
                    "The Host header names no allowed host (%s): call it by one of them, or add it to ops.allowed-hosts%s"
                            .formatted(shown(host), BEHIND_A_PROXY));
        }
    }

    /**
     * Once it is known who asks.
     *
     * @param mayChange whether that person may do more than look
     * @throws Refusal naming what to send, or whom to ask
     */
    void checkForm(Request request, boolean mayChange) {
        if (request.contentType().stream().anyMatch(type -> lower(type).strip().startsWith("multipart/"))) {
            throw Refusal.of(415, "No file is taken: a change is sent with Content-Type: application/json");
        }
        if (request.method().equals("GET")) {
            return;
        }
        if (!mayChange) {
            throw Refusal.of(
                    403,
                    "You may look, not change, because ops.viewers names you: ask an operator to do it; nothing was changed");
        }
        checkChange(request, only(request.host()));
    }

    private static void checkChange(Request request, String host) {
        String type = only(request.contentType());
        if (type == null || !type.split(";", 2)[0].strip().equalsIgnoreCase("application/json")) {
            throw Refusal.of(415, "A change is sent with Content-Type: application/json");
        }
        if (request.origin().isEmpty()) {
            return;
        }
        // The scheme is not compared: behind a proxy that ends TLS the page's is https and ours is http.
        String origin = only(request.origin());
        String sameSite = host.toLowerCase(Locale.ROOT);
        if (origin == null
                || !Set.of("http://" + sameSite, "https://" + sameSite).contains(lower(origin))) {
            throw Refusal.of(
                    403,
                    "The Origin header (%s) names another site than the Host header (%s): changes are accepted from our own page only%s; nothing was changed"
                            .formatted(shown(origin), shown(host), BEHIND_A_PROXY));
        }
    }

    /** What the caller sent, as far as it may stand in an answer. */
    private static String shown(String header) {
        if (header == null) {
            return "none, or more than one";
        }
        String line = header.replaceAll("[^\\x21-\\x7e]", "?");
        return line.length() <= MAX_SHOWN ? line : line.substring(0, MAX_SHOWN) + "…";
    }

    private static String only(List<String> values) {
        return values.size() == 1 ? values.get(0) : null;
    }

    /** The host in lower case, without port and brackets. */
    private static String name(String host) {
        String name = lower(host);
        // An IPv6 address without brackets has no port.
        if (name.startsWith("[") || name.indexOf(':') == name.lastIndexOf(':')) {
            name = PORT.matcher(name).replaceFirst("");
        }
        return name.startsWith("[") && name.endsWith("]") ? name.substring(1, name.length() - 1) : name;
    }

    private static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }
}
