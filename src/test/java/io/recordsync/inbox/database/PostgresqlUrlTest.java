package io.recordsync.inbox.database;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PostgresqlUrlTest {

    private static final String URL = "jdbc:postgresql://db.example/inbox";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "?currentSchema=sync            | ''                    | sync",
                "?currentSchema=sync&ssl=true   | ?ssl=true             | sync",
                "?ssl=true&currentSchema=sync   | ?ssl=true             | sync",
                "?a=b&currentSchema=sync&c=d    | ?a=b&c=d              | sync",
                "?currentSchema=Sync,public     | ''                    | sync",
                "?currentSchema=%22Sync%22      | ''                    | Sync",
                "?currentSchema=%22a%22%22b%22  | ''                    | 'a\"b'",
            })
    void the_schema_is_read_and_taken_out(String parameters, String left, String schema) {
        PostgresqlUrl url = PostgresqlUrl.parse(URL + parameters);

        assertThat(url.url()).isEqualTo(URL + left);
        assertThat(url.schema()).contains(schema);
    }

    @Test
    void without_a_schema_it_stays_as_it_is() {
        assertThat(PostgresqlUrl.parse(URL + "?ssl=true").url()).isEqualTo(URL + "?ssl=true");
        assertThat(PostgresqlUrl.parse(URL + "?currentSchema=").schema()).isEmpty();
        assertThat(PostgresqlUrl.parse(URL).schema()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "'', true",
        "?prepareThreshold=5, true",
        "?prepareThreshold=0, false",
        "?ssl=false&prepareThreshold=0, false",
        "?preferQueryMode=simple, false",
        "?preferQueryMode=extended, true"
    })
    void what_the_driver_leaves_at_the_server_is_known(String parameters, boolean prepares) {
        assertThat(PostgresqlUrl.parse(URL + parameters).prepares()).isEqualTo(prepares);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "jdbc:postgresql://db.example/inbox | 1",
                "jdbc:postgresql:inbox | 1",
                "jdbc:postgresql://a,b:5433/inbox?ssl=true | 2",
                "jdbc:postgresql://a:5432,[::1]:5433,c/inbox | 3"
            })
    void the_hosts_are_counted(String url, int hosts) {
        assertThat(PostgresqlUrl.parse(url).hosts()).isEqualTo(hosts);
    }

    @Test
    void what_the_driver_cannot_read_is_left_to_it() {
        assertThat(PostgresqlUrl.parse("jdbc:postgresql://:::/x").url()).isEqualTo("jdbc:postgresql://:::/x");
    }
}
