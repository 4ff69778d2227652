package io.recordsync.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.deletion.ListJoin;
import io.recordsync.deletion.ListRules;
import io.recordsync.deletion.ListRules.Bound;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which record lists the configuration names, for which entity. */
class ListBindingsTest {

    private static final String ESSENTIAL =
            """
            salesforce.login-url = https://acme.my.salesforce.com
            salesforce.client-id = 3MVG9
            salesforce.client-secret = secret-1
            salesforce.entities = Contact, Lead, Account
            salesforce.channel = /data/ChangeEvents
            talkdesk.token-url = https://acme.talkdeskid.com/oauth/token
            talkdesk.client-id = c1
            talkdesk.client-secret = secret-2
            """;

    @TempDir
    Path folder;

    private final Map<String, String> environment = new HashMap<>();
    private String file = ESSENTIAL;

    @Test
    void lists_are_named_by_ids_by_patterns_and_for_an_entity() throws Exception {
        file +=
                """
                talkdesk.record-lists = list-a
                talkdesk.record-lists.matching = SF *, Weekly ????-??
                talkdesk.record-lists.of.Lead = list-b, SF leads *
                """;

        assertThat(mistakes()).isEmpty();
        ListSettings lists = read().settings().talkdesk().lists();
        assertThat(lists.rules())
                .isEqualTo(new ListRules(
                        List.of("list-a"),
                        List.of("SF *", "Weekly ????-??"),
                        Map.of("Lead", new Bound(List.of("list-b"), List.of("SF leads *")))));
        assertThat(lists.join()).isEqualTo(ListJoin.ASK);
        assertThat(read().settings().talkdesk().recordLists()).containsExactly("list-a", "list-b");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "talkdesk.record-lists.matching = SF *",
                "talkdesk.record-lists.of.Contact = list-a",
                "talkdesk.record-lists.of.Contact = SF *"
            })
    void no_id_is_needed_where_patterns_or_bindings_name_lists(String line) throws Exception {
        file += line + "\n";

        assertThat(mistakes()).isEmpty();
    }

    @Test
    void without_any_of_them_the_lists_are_missing() throws Exception {
        assertThat(mistakes()).singleElement().satisfies(line -> assertThat(line)
                .startsWith("talkdesk.record-lists is missing: expected ids of record lists"));
    }

    @Test
    void a_variable_s_entity_is_compared_without_case() throws Exception {
        environment.put("TALKDESK_RECORD_LISTS_OF_LEAD", "list-b");

        assertThat(mistakes()).isEmpty();
        assertThat(read().settings().talkdesk().lists().rules().bound()).containsOnlyKeys("Lead");
        assertThat(read().notices()).isEmpty();
    }

    @Test
    void an_unknown_entity_is_a_mistake_wherever_it_is_named() throws Exception {
        environment.put("TALKDESK_RECORD_LISTS_OF_CASE", "list-c");
        file += "talkdesk.record-lists = list-a\ntalkdesk.record-lists.of.Leed = list-b\n";

        assertThat(mistakes())
                .containsExactlyInAnyOrder(
                        "talkdesk.record-lists.of.Leed names no entity of salesforce.entities: expected"
                                + " talkdesk.record-lists.of.Contact or talkdesk.record-lists.of.Lead or"
                                + " talkdesk.record-lists.of.Account",
                        "TALKDESK_RECORD_LISTS_OF_CASE names no entity of salesforce.entities: expected"
                                + " talkdesk.record-lists.of.Contact or talkdesk.record-lists.of.Lead or"
                                + " talkdesk.record-lists.of.Account");
    }

    @Test
    void an_id_that_is_bound_and_unbound_is_a_mistake() throws Exception {
        file += "talkdesk.record-lists = list-a\ntalkdesk.record-lists.of.Lead = list-a\n";

        assertThat(mistakes())
                .containsExactly("talkdesk.record-lists.of.Lead names record list list-a, and so does"
                        + " talkdesk.record-lists: expected one of them");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "talkdesk.record-lists.matching = *",
                "talkdesk.record-lists.matching = SF *, **",
                "talkdesk.record-lists.of.Lead = ?*"
            })
    void a_pattern_that_takes_everything_is_refused_unless_most_is_set_by_hand(String line) throws Exception {
        file += line + "\n";

        assertThat(mistakes()).singleElement().satisfies(mistake -> assertThat(mistake)
                .contains("matches every record list there is", "talkdesk.record-lists.most set by hand"));

        file += "talkdesk.record-lists.most = 200\n";
        assertThat(mistakes()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ",", "list-a,list-a"})
    void a_binding_of_another_form_is_one_line(String value) throws Exception {
        file += "talkdesk.record-lists = list-b\ntalkdesk.record-lists.of.Lead = " + value + "\n";

        assertThat(mistakes()).singleElement().satisfies(line -> assertThat(line)
                .startsWith(
                        "talkdesk.record-lists.of.Lead = " + value + ": expected ids of record lists, or patterns"));
    }

    private List<String> mistakes() throws Exception {
        return read().mistakes();
    }

    private Configuration read() throws Exception {
        Path path = folder.resolve("application.properties");
        Files.writeString(path, file, StandardCharsets.UTF_8);
        return Configuration.of(environment, name -> null, ConfigurationFile.read(path));
    }
}
