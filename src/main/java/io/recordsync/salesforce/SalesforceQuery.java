package io.recordsync.salesforce;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
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
    private static final Pattern NEXT_PAGE = Pattern.compile(ROOT + "v\\d+\\.\\d+/query(All)?/[\\w.-]+");

    /** The versions that the API serves; needs no login. */
    static SalesforceQuery versions() {
        return new SalesforceQuery(ROOT, null);
    }

    /** SOQL over living records. */
    static SalesforceQuery living(String apiVersion, String soql) {
        return new SalesforceQuery(root(apiVersion) + "query", "q=" + encoded(soql));
    }

    /** SOQL over living records and those in the Recycle Bin. */
    static SalesforceQuery all(String apiVersion, String soql) {
        return new SalesforceQuery(root(apiVersion) + "queryAll", "q=" + encoded(soql));
    }

    /** Another page of an answer; empty when the URL is not a path on the instance that the token belongs to. */
    static Optional<SalesforceQuery> nextPage(String nextRecordsUrl) {
        return NEXT_PAGE.matcher(nextRecordsUrl).matches()
                ? Optional.of(new SalesforceQuery(nextRecordsUrl, null))
                : Optional.empty();
    }

    /** A window of the delete log (getDeleted). */
    static SalesforceQuery deleted(String apiVersion, String entity, Instant from, Instant until) {
        return new SalesforceQuery(
                root(apiVersion) + "sobjects/" + entity + "/deleted/",
                "start=" + encoded(SalesforceTime.written(from)) + "&end=" + encoded(SalesforceTime.written(until)));
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
