package io.recordsync.ops.page;

import io.recordsync.ops.api.Refusal;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.component.platform.http.vertx.HttpMessage;

/**
 * The files of the page: the only ones of the class path that a browser is given.
 *
 * <p>Read once, at the start. A browser keeps them but asks each time, and is answered 304 until an update brings another
 * file: never a page of one version with a script of the other.
 */
public final class PageFiles {

    private static final String OURS = "ops/";
    /** The version is the one of the pom; another one is not found, and the service does not start. */
    private static final String UPLOT = "META-INF/resources/webjars/uplot/1.6.30/dist/";

    private static final Map<String, String> PLACES = Map.ofEntries(
            Map.entry("page.html", OURS),
            Map.entry("page.css", OURS),
            Map.entry("page.js", OURS),
            Map.entry("acts.js", OURS),
            Map.entry("contact.js", OURS),
            Map.entry("dead-letters.js", OURS),
            Map.entry("dom.js", OURS),
            Map.entry("people.js", OURS),
            Map.entry("plots.js", OURS),
            Map.entry("lists.js", OURS),
            Map.entry("rows.js", OURS),
            Map.entry("uPlot.iife.min.js", UPLOT),
            Map.entry("uPlot.min.css", UPLOT));

    private static final Map<String, String> TYPES =
            Map.of("html", "text/html", "css", "text/css", "js", "text/javascript");

    private final Map<String, PageFile> files = new TreeMap<>();

    public PageFiles() {
        PLACES.forEach((name, place) -> files.put(name, read(name, place + name)));
    }

    private record PageFile(String type, String tag, byte[] content) {}

    /** @throws Refusal 404 for every other name */
    public void write(Exchange exchange, String name) {
        // Camel takes the text null for no value at all.
        PageFile file = name == null ? null : files.get(name);
        if (file == null) {
            throw Refusal.of(404, "The page has no such file");
        }
        HttpServerRequest request = exchange.getMessage(HttpMessage.class).getRequest();
        Message answer = exchange.getMessage();
        // Set at the response itself: Camel's filter drops Cache-Control from a message.
        request.response().putHeader("Cache-Control", "private, no-cache").putHeader("ETag", file.tag());
        answer.setHeader(Exchange.CONTENT_TYPE, file.type());
        if (file.tag().equals(request.getHeader("If-None-Match"))) {
            answer.setHeader(Exchange.HTTP_RESPONSE_CODE, 304);
            answer.setBody(null);
            return;
        }
        answer.setBody(file.content());
    }

    private static PageFile read(String name, String resource) {
        try (InputStream in = PageFiles.class.getClassLoader().getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException(
                        "The class path has no " + resource + ", a file of the page: the package is not whole");
            }
            byte[] content = in.readAllBytes();
            String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1)) + "; charset=utf-8";
            return new PageFile(type, '"' + digest(content) + '"', content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String digest(byte[] content) {
        try {
            byte[] whole = MessageDigest.getInstance("SHA-256").digest(content);
            return HexFormat.of().formatHex(whole, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}
