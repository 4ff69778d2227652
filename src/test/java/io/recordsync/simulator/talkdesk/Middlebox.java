package io.recordsync.simulator.talkdesk;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Something between the client and Talkdesk that answers calls itself, so that they never arrive: a proxy, a gateway, a firewall.
 *
 * <p>At first it answers every DELETE and lets all else through. Thread-safe.
 */
public final class Middlebox {

    private final Answer answer;
    private final int every;
    private final boolean reads;
    private final boolean deletes;
    private final boolean tokens;
    private final String path;
    private final AtomicInteger seen = new AtomicInteger();

    private Middlebox(Answer answer, int every, boolean deletes, boolean reads, boolean tokens, String path) {
        this.answer = answer;
        this.every = every;
        this.deletes = deletes;
        this.reads = reads;
        this.tokens = tokens;
        this.path = path;
    }

    /** Whatever the answer says of deleting: nothing reaches Talkdesk. */
    public static Middlebox answering(Answer answer) {
        return new Middlebox(answer, 1, true, false, false, "");
    }

    /** Without a body. */
    public static Middlebox answering(int status) {
        return answering(Answer.status(status).empty());
    }

    public static Middlebox answering(int status, String contentType, String body) {
        return answering(Answer.status(status).body(body, contentType));
    }

    /** With the page that nginx has for a status. */
    public static Middlebox page(int status, String title) {
        return answering(
                status,
                "text/html",
                "<html>\r\n<head><title>%1$s</title></head>\r\n<body>\r\n<center><h1>%1$s</h1></center>\r\n</body>\r\n</html>\r\n"
                        .formatted(title));
    }

    /** Of the calls that it could answer, the first and then every n-th; the others pass. */
    public Middlebox everyNth(int n) {
        return new Middlebox(answer, n, deletes, reads, tokens, path);
    }

    /** It answers GET calls too. */
    public Middlebox readsToo() {
        return new Middlebox(answer, every, deletes, true, tokens, path);
    }

    /** It answers GET calls alone. */
    public Middlebox readsOnly() {
        return new Middlebox(answer, every, false, true, false, path);
    }

    /** It answers token requests alone. */
    public Middlebox tokensOnly() {
        return new Middlebox(answer, every, false, false, true, path);
    }

    /** Only calls whose path contains this: a record list's id. */
    public Middlebox of(String part) {
        return new Middlebox(answer, every, deletes, reads, tokens, part);
    }

    Answer answer() {
        return answer;
    }

    boolean takes(Request request) {
        boolean token = request.path().equals("/oauth/token");
        boolean kind = token ? tokens : request.method().equals("DELETE") ? deletes : reads;
        return kind && request.path().contains(path) && seen.getAndIncrement() % every == 0;
    }
}
