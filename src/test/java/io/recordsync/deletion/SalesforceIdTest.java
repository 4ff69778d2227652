package io.recordsync.deletion;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

/** The two ids are those of Talkdesk's API page, made by Salesforce itself. */
class SalesforceIdTest {

    @ParameterizedTest
    @ValueSource(strings = {"003DL0000212DetYAE", "003DL0000214OYdYAM"})
    void fifteen_characters_are_completed_to_eighteen(String complete) {
        assertThat(SalesforceId.complete(complete.substring(0, 15))).contains(complete);
        assertThat(SalesforceId.complete(complete)).contains(complete);
    }

    @ParameterizedTest
    @NullAndEmptySource
    @ValueSource(
            strings = {
                "003*",
                "000000000000000AAA",
                "000000000000000",
                "003000000000000AAA",
                "003DL0000212DetYAM",
                "003dl0000212detYAE",
                "003DL0000212De",
                "003DL0000212DetYA",
                "003DL0000212DetYAEA",
                "003DL0000212De*",
                "003DL0000212De ",
                "003DL0000212DetYAE\n",
                "003DL0000212Dé1"
            })
    void what_is_no_id_is_refused(String id) {
        assertThat(SalesforceId.complete(id)).isEmpty();
    }

    @Test
    void the_first_contacts_of_an_old_org_are_contacts() {
        assertThat(SalesforceId.complete("0030000000000Ab")).contains("0030000000000AbAAI");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "003DL0000212DetYAE",
                "003DL0000212Det",
                " 003DL0000212Det",
                "003DL0000212DetYAE \n",
                "\t003DL0000212Det\u00a0",
                "\ufeff003DL0000212DetYAE"
            })
    void what_people_and_imports_write_is_read_without_the_blanks_at_its_ends(String text) {
        assertThat(SalesforceId.read(text)).contains("003DL0000212DetYAE");
        assertThat(SalesforceId.forms(text)).containsExactly("003DL0000212DetYAE", "003DL0000212Det");
    }

    @Test
    void what_is_no_id_has_one_form() {
        assertThat(SalesforceId.read("003DL 000212Det")).isEmpty();
        assertThat(SalesforceId.read(null)).isEmpty();
        assertThat(SalesforceId.forms("hubspot-17")).containsExactly("hubspot-17");
    }
}
