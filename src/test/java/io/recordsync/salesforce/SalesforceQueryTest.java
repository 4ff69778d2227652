package io.recordsync.salesforce;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SalesforceQueryTest {

    private static final String INSTANCE = "https://acme.my.salesforce.com";

    @Test
    void soql_is_encoded() {
        assertThat(SalesforceQuery.all("64.0", "SELECT Id FROM Contact WHERE Name >= 'a+b'")
                        .pathAndQuery())
                .isEqualTo("/services/data/v64.0/queryAll" + "?q=SELECT+Id+FROM+Contact+WHERE+Name+%3E%3D+%27a%2Bb%27");
        assertThat(SalesforceQuery.living("64.0", "SELECT COUNT() FROM Lead").pathAndQuery())
                .isEqualTo("/services/data/v64.0/query?q=SELECT+COUNT%28%29+FROM+Lead");
    }

    @Test
    void a_window_of_the_delete_log_is_written_with_its_offset() {
        assertThat(SalesforceQuery.deleted(
                        "64.0",
                        "Contact",
                        Instant.parse("2026-03-01T10:00:00Z"),
                        Instant.parse("2026-03-01T11:00:00Z")))
                .isEqualTo(new SalesforceQuery(
                        "/services/data/v64.0/sobjects/Contact/deleted/",
                        "start=2026-03-01T10%3A00%3A00%2B00%3A00&end=2026-03-01T11%3A00%3A00%2B00%3A00"));
    }

    @Test
    void the_delete_log_has_bounds_of_its_own() {
        Duration timeout = Duration.ofSeconds(2);
        Duration download = Duration.ofMinutes(30);
        SalesforceQuery log = SalesforceQuery.deleted("64.0", "Contact", Instant.EPOCH, Instant.EPOCH);
        SalesforceQuery page = SalesforceQuery.all("64.0", "SELECT Id FROM Contact");

        assertThat(SalesforceQuery.bounds(log.path(), timeout, download).time()).isEqualTo(download);
        assertThat(SalesforceQuery.bounds(page.path(), timeout, download).time())
                .isEqualTo(timeout);
        assertThat(SalesforceQuery.bounds(log.path(), timeout, download).bytes())
                .isGreaterThan(600_000 * 80);
    }

    @Test
    void the_list_of_versions_has_no_query() {
        assertThat(SalesforceQuery.versions().pathAndQuery()).isEqualTo("/services/data/");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/services/data/v64.0/query/01gD0000002HU6KIAW-2000",
                "/services/data/v64.0/queryAll/01gD0000002HU6KIAW-4000"
            })
    void a_next_page_is_taken_as_it_is(String url) {
        assertThat(SalesforceQuery.nextPage(url, INSTANCE)).contains(new SalesforceQuery(url, null));
        assertThat(SalesforceQuery.nextPage(INSTANCE + url, INSTANCE)).contains(new SalesforceQuery(url, null));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "https://elsewhere.example/services/data/v64.0/query/01g-2000",
                "https://acme.my.salesforce.com.elsewhere.example/services/data/v64.0/query/01g-2000",
                "https://acme.my.salesforce.com@elsewhere.example/services/data/v64.0/query/01g-2000",
                "http://acme.my.salesforce.com/services/data/v64.0/query/01g-2000",
                "//elsewhere.example/services/data/v64.0/query/01g-2000",
                "/services/data/v64.0/query/../sobjects",
                "/services/data/v64.0/query/01g?x=1",
                "/services/data/v64.0/query/{{ops.user}}",
                "/services/data/v64.0/query/${header.x}",
                "/services/data/v64.0/query/$simple{header.x}",
            })
    void a_next_page_elsewhere_is_none(String url) {
        assertThat(SalesforceQuery.nextPage(url, INSTANCE)).isEmpty();
    }
}
