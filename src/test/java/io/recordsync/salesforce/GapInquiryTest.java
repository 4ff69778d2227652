package io.recordsync.salesforce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recordsync.deletion.Merge;
import io.recordsync.inbox.Doubts.GapCheck;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GapInquiryTest {

    private static final GapCheck FIRST = new GapCheck("003DL0000212DetYAE", List.of(1L), List.of(), 0, "session");
    private static final GapCheck SECOND = new GapCheck("003DL0000214OYdYAM", List.of(2L), List.of(), 0, "session");
    private static final String ANY = "{\"done\": true, \"records\": [{\"Id\": \"003DL0000000000AAA\"}]}";
    private static final String NONE = "{\"done\": true, \"records\": []}";

    @Test
    void what_lives_is_told_from_what_is_in_the_recycle_bin() throws IOException {
        GapInquiry inquiry = inquiry("Contact");
        assertThat(inquiry.question().path()).isEqualTo("/services/data/v64.0/queryAll");
        assertThat(soql(inquiry))
                .isEqualTo(
                        "SELECT Id, IsDeleted, SystemModstamp, MasterRecordId FROM Contact WHERE Id IN ('003DL0000212DetYAE','003DL0000214OYdYAM')");

        read(inquiry, rows(row(FIRST, false), row(SECOND, true)));

        assertThat(inquiry.unfinished()).isFalse();
        assertThat(inquiry.living()).containsExactly(FIRST);
        assertThat(inquiry.gone()).containsExactly(SECOND);
    }

    @Test
    void an_absent_id_is_not_shown_where_the_user_sees_any_contact() throws IOException {
        GapInquiry inquiry = inquiry("Contact");

        read(inquiry, rows(row(FIRST, false)));
        assertThat(inquiry.question().path()).isEqualTo("/services/data/v64.0/query");
        assertThat(soql(inquiry)).isEqualTo("SELECT Id FROM Contact LIMIT 1");
        read(inquiry, ANY);

        assertThat(inquiry.unfinished()).isFalse();
        assertThat(inquiry.gone()).isEmpty();
        assertThat(inquiry.notShown()).containsExactly(SECOND);
        assertThat(inquiry.invisible()).isEmpty();
    }

    @Test
    void an_absent_id_says_nothing_when_the_user_sees_none() throws IOException {
        GapInquiry inquiry = inquiry("Contact");

        read(inquiry, rows(row(FIRST, true)));
        read(inquiry, NONE);

        assertThat(inquiry.gone()).containsExactly(FIRST);
        assertThat(inquiry.living()).isEmpty();
        assertThat(inquiry.notShown()).isEmpty();
        assertThat(inquiry.invisible()).containsExactly("Contact");
    }

    /** A lead is no contact: asked of contacts only, every lead would look deleted. */
    @Test
    void each_entity_is_asked_and_one_that_cannot_be_seen_stops_all_conclusions_from_silence() throws IOException {
        GapInquiry inquiry = inquiry("Contact", "Lead");
        read(inquiry, NONE);
        read(inquiry, rows(row(FIRST, false)));
        read(inquiry, ANY);
        read(inquiry, NONE);

        assertThat(inquiry.living()).containsExactly(FIRST);
        assertThat(inquiry.gone()).isEmpty();
        assertThat(inquiry.notShown()).isEmpty();
        assertThat(inquiry.invisible()).containsExactly("Lead");
    }

    /** One id that must come back: without it the answer is that of a user who sees nothing. */
    @Test
    void an_absent_id_is_not_shown_only_where_the_sign_comes_back() throws IOException {
        String sign = "003DL0000000000AAA";
        GapInquiry seeing =
                new GapInquiry(List.of(FIRST, SECOND), List.of("Contact"), "64.0", entity -> Optional.of(sign));
        assertThat(soql(seeing)).endsWith("'" + SECOND.contactId() + "','" + sign + "')");
        read(seeing, rows(row(FIRST, false), "{\"Id\": \"" + sign + "\", \"IsDeleted\": false}"));
        assertThat(seeing.unfinished()).as("nothing more is asked").isFalse();
        assertThat(seeing.living()).containsExactly(FIRST);
        assertThat(seeing.notShown()).containsExactly(SECOND);

        GapInquiry blind =
                new GapInquiry(List.of(FIRST, SECOND), List.of("Contact"), "64.0", entity -> Optional.of(sign));
        read(blind, rows(row(FIRST, true)));
        assertThat(soql(blind)).as("the sign may have been purged").isEqualTo("SELECT Id FROM Contact LIMIT 1");
        read(blind, NONE);
        assertThat(blind.unfinished()).isFalse();
        assertThat(blind.gone()).as("what Salesforce says is so").containsExactly(FIRST);
        assertThat(blind.notShown()).isEmpty();
        assertThat(blind.living()).isEmpty();
        assertThat(blind.invisible()).containsExactly("Contact");
    }

    @Test
    void a_sign_that_was_purged_is_replaced_and_the_question_asked_again_with_the_new_one() throws IOException {
        SignOf sight = new SignOf("003DL0000000000YAA");
        GapInquiry inquiry = new GapInquiry(List.of(FIRST, SECOND), List.of("Contact"), "64.0", sight);

        read(inquiry, rows(row(FIRST, false)));
        read(inquiry, "{\"done\": true, \"records\": [{\"Id\": \"003DL0000219999YAA\"}]}");
        assertThat(soql(inquiry)).endsWith("'003DL0000219999YAA')");
        assertThat(sight.sign).isEqualTo("003DL0000219999YAA");
        read(inquiry, rows(row(FIRST, false), "{\"Id\": \"003DL0000219999YAA\", \"IsDeleted\": false}"));

        assertThat(inquiry.unfinished()).isFalse();
        assertThat(inquiry.notShown()).containsExactly(SECOND);
    }

    /** Between the two the user lost its sight. */
    @Test
    void a_new_sign_that_does_not_come_back_either_says_that_nothing_is_seen() throws IOException {
        GapInquiry inquiry =
                new GapInquiry(List.of(FIRST, SECOND), List.of("Contact"), "64.0", new SignOf("003DL0000000000YAA"));

        read(inquiry, rows(row(FIRST, false)));
        read(inquiry, "{\"done\": true, \"records\": [{\"Id\": \"003DL0000219999YAA\"}]}");
        read(inquiry, NONE);

        assertThat(inquiry.unfinished()).isFalse();
        assertThat(inquiry.gone()).isEmpty();
        assertThat(inquiry.notShown()).isEmpty();
        assertThat(inquiry.invisible()).containsExactly("Contact");
    }

    /** The sign is one that the user owns: it comes back, and others do not. */
    @Test
    void where_a_sweep_has_found_that_the_user_is_blind_one_id_that_comes_back_proves_nothing() throws IOException {
        SignOf sight = new SignOf("003DL0000219999YAA");
        sight.lost = true;
        GapInquiry inquiry = new GapInquiry(List.of(FIRST, SECOND), List.of("Contact"), "64.0", sight);

        read(inquiry, rows(row(FIRST, true), "{\"Id\": \"003DL0000219999YAA\", \"IsDeleted\": false}"));

        assertThat(inquiry.gone()).containsExactly(FIRST);
        assertThat(inquiry.notShown()).isEmpty();
        assertThat(inquiry.invisible()).containsExactly("Contact");
    }

    /** Knows one sign, and takes another. */
    private static final class SignOf implements Sight {

        private String sign;
        private boolean lost;

        SignOf(String sign) {
            this.sign = sign;
        }

        @Override
        public Optional<String> sign(String entity) {
            return Optional.of(sign);
        }

        @Override
        public boolean lost(String entity) {
            return lost;
        }

        @Override
        public void seen(String entity, String id) {
            sign = id;
        }
    }

    // ---- merges

    private static final String B = "003DL0000219999YAA";
    private static final String C = "003DL0000219998YAA";

    @Test
    void the_loser_of_a_merge_is_told_with_what_lives_on_for_which_is_asked_again() throws IOException {
        GapInquiry inquiry = inquiry("Contact");

        read(inquiry, rows(loser(FIRST.contactId(), B), loser(SECOND.contactId(), C)));
        assertThat(inquiry.question().path()).isEqualTo("/services/data/v64.0/queryAll");
        assertThat(soql(inquiry)).endsWith("FROM Contact WHERE Id IN ('" + C + "','" + B + "')");
        read(inquiry, rows(loser(B, C), living(C)));

        assertThat(inquiry.unfinished()).isFalse();
        assertThat(inquiry.gone()).isEmpty();
        assertThat(inquiry.merged()).containsExactly(FIRST, SECOND);
        assertThat(inquiry.merges().get(FIRST.contactId()).words()).isEqualTo("merged into " + C + " by way of " + B);
        assertThat(inquiry.merges().get(FIRST.contactId()).perhapsLives()).isTrue();
        assertThat(inquiry.merges().get(FIRST.contactId()).at()).isEqualTo("2026-03-01T10:00:00Z");
        assertThat(inquiry.merges().get(SECOND.contactId()).words()).isEqualTo("merged into " + C);
    }

    @Test
    void a_master_that_was_deleted_itself_and_one_that_is_not_shown_are_told_apart() throws IOException {
        GapInquiry inquiry = inquiry("Contact");

        read(inquiry, rows(loser(FIRST.contactId(), B), loser(SECOND.contactId(), C)));
        read(inquiry, rows("{\"Id\": \"" + B + "\", \"IsDeleted\": true, \"MasterRecordId\": null}"));

        assertThat(inquiry.unfinished()).isFalse();
        assertThat(inquiry.merges().get(FIRST.contactId()).words())
                .isEqualTo("merged into " + B + ", which was deleted itself");
        assertThat(inquiry.merges().get(FIRST.contactId()).perhapsLives()).isFalse();
        assertThat(inquiry.merges().get(SECOND.contactId()).words())
                .isEqualTo("merged into " + C + ", which Salesforce does not show");
        assertThat(inquiry.merges().get(SECOND.contactId()).perhapsLives()).isTrue();
    }

    /** Whether MasterRecordId is emptied by an UNDELETE is documented nowhere. */
    @Test
    void a_record_that_is_not_deleted_is_nobodys_loser_whatever_its_master_says() throws IOException {
        GapInquiry inquiry = inquiry("Contact");

        read(
                inquiry,
                rows(
                        "{\"Id\": \"" + FIRST.contactId() + "\", \"IsDeleted\": false, \"MasterRecordId\": \"" + B
                                + "\"}",
                        row(SECOND, true)));

        assertThat(inquiry.unfinished()).isFalse();
        assertThat(inquiry.living()).containsExactly(FIRST);
        assertThat(inquiry.merged()).isEmpty();
        assertThat(inquiry.gone()).containsExactly(SECOND);
    }

    @Test
    void masters_that_name_each_other_end_the_asking() throws IOException {
        GapInquiry inquiry = inquiry("Contact");

        read(inquiry, rows(loser(FIRST.contactId(), B), row(SECOND, false)));
        read(inquiry, rows(loser(B, FIRST.contactId())));

        assertThat(inquiry.unfinished()).isFalse();
        assertThat(inquiry.merges().get(FIRST.contactId()).end()).isEqualTo(Merge.End.NOT_SHOWN);
    }

    /** A custom object has no such field: the question would be refused. */
    @Test
    void only_what_can_be_merged_is_asked_for_its_master() throws IOException {
        GapInquiry inquiry = inquiry("Thing__c", "Lead");

        assertThat(soql(inquiry)).startsWith("SELECT Id, IsDeleted FROM Thing__c");
        read(inquiry, NONE);
        assertThat(soql(inquiry)).startsWith("SELECT Id, IsDeleted, SystemModstamp, MasterRecordId FROM Lead");
        read(inquiry, rows(loser(FIRST.contactId(), B)));
        read(inquiry, ANY);
        read(inquiry, ANY);
        assertThat(soql(inquiry)).as("at last the masters").contains("FROM Lead WHERE Id IN ('" + B + "')");
        read(inquiry, rows(living(B)));
        assertThat(inquiry.unfinished()).isFalse();
        assertThat(inquiry.notShown()).containsExactly(SECOND);
    }

    private static String loser(String id, String master) {
        return "{\"Id\": \"" + id + "\", \"IsDeleted\": true, \"SystemModstamp\": \"2026-03-01T10:00:00.000+0000\","
                + " \"MasterRecordId\": \"" + master + "\"}";
    }

    private static String living(String id) {
        return "{\"Id\": \"" + id + "\", \"IsDeleted\": false, \"MasterRecordId\": null}";
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "",
                "{\"done\": false, \"records\": []}",
                "{\"records\": []}",
                "{\"done\": true, \"records\": [{\"Id\": \"003DL0000212DetYAE\"}]}",
                "{\"done\": true, \"records\": [{\"Id\": \"003DL0000212DetYAE\", \"IsDeleted\": \"true\"}]}"
            })
    void nothing_is_concluded_from_an_answer_of_another_form(String body) {
        GapInquiry inquiry = inquiry("Contact");

        assertThatThrownBy(() -> read(inquiry, body)).isInstanceOf(IOException.class);
    }

    private static GapInquiry inquiry(String... entities) {
        List<String> ordered = new ArrayList<>(List.of(entities));
        return new GapInquiry(List.of(FIRST, SECOND), ordered, "64.0", Sight.UNKNOWN);
    }

    private static String soql(GapInquiry inquiry) {
        return URLDecoder.decode(inquiry.question().query().substring(2), StandardCharsets.UTF_8);
    }

    private static void read(GapInquiry inquiry, String json) throws IOException {
        inquiry.read(new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)));
    }

    private static String rows(String... rows) {
        return "{\"done\": true, \"records\": [" + String.join(",", rows) + "]}";
    }

    private static String row(GapCheck check, boolean deleted) {
        return "{\"Id\": \"" + check.contactId() + "\", \"IsDeleted\": " + deleted + "}";
    }
}
