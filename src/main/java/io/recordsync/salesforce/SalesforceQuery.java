package io.recordsync.salesforce;

import io.recordsync.network.HttpBounds;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A question to Salesforce's REST API: the path on the instance and the query of one GET.
 *
 * @param query encoded; null when there is none
 */
public record SalesforceQuery(String path, String query) {

    private static final String ROOT = "/services/data/";
    private static final String DELETE_LOG = "/deleted/";
    /** A page has 2,000 records at most, of some 300 bytes each. */
    private static final long MAX_PAGE_BYTES = 4L * 1024 * 1024;
    /** The log names 600,000 records at most, of some 80 bytes each; it is kept on disk and read as a stream. */
    private static final long MAX_LOG_BYTES = 256L * 1024 * 1024;

    private static final Pattern NEXT_PAGE = Pattern.compile(ROOT + "v\\d+\\.\\d+/query(All)?/[\\w.-]+");

    /** The versions that the API serves; needs no login. */
    static SalesforceQuery versions() {
        return new SalesforceQuery(ROOT, null);
    }

    /** What the org may use in a day, and what is left of it. */
    static SalesforceQuery limits(String apiVersion) {
        return new SalesforceQuery(root(apiVersion) + "limits", null);
    }

    /** SOQL over living records. */
    static SalesforceQuery living(String apiVersion, String soql) {
        return new SalesforceQuery(root(apiVersion) + "query", "q=" + encoded(soql));
    }

    /** SOQL over what Setup knows. */
    static SalesforceQuery tooling(String apiVersion, String soql) {
        return new SalesforceQuery(root(apiVersion) + "tooling/query", "q=" + encoded(soql));
    }

    /** SOQL over living records and those in the Recycle Bin. */
    static SalesforceQuery all(String apiVersion, String soql) {
        return new SalesforceQuery(root(apiVersion) + "queryAll", "q=" + encoded(soql));
    }

    /**
     * Another page of an answer; empty when the URL is not on the instance that the token belongs to.
     *
     * @param nextRecordsUrl a path, or a whole URL
     */
    static Optional<SalesforceQuery> nextPage(String nextRecordsUrl, String instanceUrl) {
        boolean whole = !instanceUrl.isEmpty() && nextRecordsUrl.startsWith(instanceUrl + "/");
        String path = whole ? nextRecordsUrl.substring(instanceUrl.length()) : nextRecordsUrl;
        return NEXT_PAGE.matcher(path).matches() ? Optional.of(new SalesforceQuery(path, null)) : Optional.empty();
    }

    /** A window of the delete log (getDeleted). */
    static SalesforceQuery deleted(String apiVersion, String entity, Instant from, Instant until) {
        return new SalesforceQuery(
                root(apiVersion) + "sobjects/" + entity + DELETE_LOG,
                "start=" + encoded(SalesforceTime.written(from)) + "&end=" + encoded(SalesforceTime.written(until)));
    }

    /** How long a call may take, and how large its answer may be. */
    public static HttpBounds.Bounds bounds(String path, Duration timeout, Duration downloadTimeout) {
        return path.endsWith(DELETE_LOG)
                ? new HttpBounds.Bounds(downloadTimeout, MAX_LOG_BYTES)
                : new HttpBounds.Bounds(timeout, MAX_PAGE_BYTES);
    }

    /** For a client that takes both in one piece. */
    String pathAndQuery() {
        return query == null ? path : path + "?" + query;
    }

    private static String root(String apiVersion) {
        return ROOT + "v" + apiVersion + "/";
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
