package io.recordsync.simulator.talkdesk;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One HTTP request as it came over the wire.
 *
 * <p>Header names are case-insensitive; of a repeated header the values are joined by a comma. The body is complete:
 * chunks are put together.
 */
record Request(String method, String target, Map<String, String> headers, byte[] body) {

    private static final int LONGEST_LINE = 64 * 1024;

    /** Reads the next request, or returns null where the client has closed the connection between two requests. */
    static Request read(InputStream in, OutputStream out) throws IOException {
        String requestLine = readLine(in);
        if (requestLine == null) {
            return null;
        }
        String[] parts = requestLine.split(" ");
        if (parts.length != 3 || !parts[2].equals("HTTP/1.1")) {
            throw new IOException("Not an HTTP/1.1 request line: " + requestLine);
        }
        Map<String, String> headers = readHeaders(in);
        if ("100-continue".equalsIgnoreCase(headers.get("Expect"))) {
            out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
        }
        return new Request(parts[0], parts[1], Collections.unmodifiableMap(headers), readBody(in, headers));
    }

    String header(String name) {
        return headers.getOrDefault(name, "");
    }

    boolean hasContentType(String expected) {
        String mediaType = header("Content-Type").split(";", 2)[0].trim();
        return mediaType.equalsIgnoreCase(expected);
    }

    /** The token of {@code Authorization: Bearer}, or empty. */
    String bearer() {
        String authorization = header("Authorization");
        return authorization.startsWith("Bearer ")
                ? authorization.substring("Bearer ".length()).trim()
                : "";
    }

    String path() {
        return target.split("\\?", 2)[0];
    }

    /** The decoded segments of the path; an empty one stays, so that {@code /record-lists//records} is not corrected. */
    List<String> segments() {
        return Arrays.stream(path().substring(1).split("/", -1))
                .map(segment -> URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8))
                .toList();
    }

    Map<String, String> query() {
        int mark = target.indexOf('?');
        return mark < 0 ? Map.of() : form(target.substring(mark + 1));
    }

    Map<String, String> form() {
        return form(new String(body, StandardCharsets.UTF_8));
    }

    private static Map<String, String> form(String encoded) {
        Map<String, String> values = new LinkedHashMap<>();
        for (String pair : encoded.split("&")) {
            if (!pair.isEmpty()) {
                String[] nameAndValue = pair.split("=", 2);
                values.put(
                        URLDecoder.decode(nameAndValue[0], StandardCharsets.UTF_8),
                        nameAndValue.length == 1 ? "" : URLDecoder.decode(nameAndValue[1], StandardCharsets.UTF_8));
            }
        }
        return values;
    }

    private static Map<String, String> readHeaders(InputStream in) throws IOException {
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String line = needLine(in); !line.isEmpty(); line = needLine(in)) {
            int colon = line.indexOf(':');
            if (colon < 1) {
                throw new IOException("Not a header line: " + line);
            }
            headers.merge(
                    line.substring(0, colon), line.substring(colon + 1).trim(), (one, other) -> one + ", " + other);
        }
        return headers;
    }

    private static byte[] readBody(InputStream in, Map<String, String> headers) throws IOException {
        if ("chunked".equalsIgnoreCase(headers.get("Transfer-Encoding"))) {
            return readChunks(in);
        }
        int length = Integer.parseInt(headers.getOrDefault("Content-Length", "0"));
        return readExactly(in, length);
    }

    private static byte[] readChunks(InputStream in) throws IOException {
        var body = new ByteArrayOutputStream();
        while (true) {
            int length = Integer.parseInt(needLine(in).split(";", 2)[0].trim(), 16);
            body.write(readExactly(in, length));
            String end = needLine(in);
            if (length == 0) {
                return body.toByteArray();
            }
            if (!end.isEmpty()) {
                throw new IOException("A chunk is longer than it says");
            }
        }
    }

    private static byte[] readExactly(InputStream in, int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new IOException("The client closed the connection within a body");
        }
        return bytes;
    }

    private static String needLine(InputStream in) throws IOException {
        String line = readLine(in);
        if (line == null) {
            throw new IOException("The client closed the connection within a head");
        }
        return line;
    }

    private static String readLine(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder(80);
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                return null;
            }
            if (line.length() > LONGEST_LINE) {
                throw new IOException("A line of the head is longer than " + LONGEST_LINE);
            }
            line.append((char) next);
        }
        if (line.length() > 0 && line.charAt(line.length() - 1) == '\r') {
            line.setLength(line.length() - 1);
        }
        return line.toString();
    }
}
