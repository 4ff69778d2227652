package io.recordsync.salesforce;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.config.Secret;
import io.recordsync.doctor.Finding;
import io.recordsync.doctor.Finding.Level;
import io.recordsync.doctor.Findings;
import io.recordsync.network.Outbound;
import io.recordsync.network.Target;
import io.recordsync.oauth.AccessTokens;
import io.recordsync.oauth.ClientCredentials;
import io.recordsync.salesforce.stream.Topic;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the doctor finds in Salesforce, on the wire. */
class SalesforceExamTest {

    private static final String CUSTOM = "/data/Sync__chn";
    private static final String ALL = "/data/ChangeEvents";
    private static final String VIEW_SETUP =
            " → give the integration user View Setup and Configuration for it, or look in Setup: ";

    private final SalesforceSimulator salesforce =
            SalesforceSimulator.builder().channel(CUSTOM).start();

    private String version = "64.0";

    @AfterEach
    void close() {
        salesforce.close();
    }

    @Test
    void a_channel_of_one_entity_says_by_its_name_what_it_carries() {
        salesforce.viewSetup("Contact");

        assertThat(find("salesforce topic", "/data/ContactChangeEvent", "Contact"))
                .hasValue(new Finding(Level.OK, "salesforce topic", "/data/ContactChangeEvent can be subscribed to"));
        assertThat(find("salesforce members", "/data/ContactChangeEvent", "Contact"))
                .isEmpty();
    }

    @Test
    void a_channel_of_several_that_carries_all_of_the_entities_is_well() {
        salesforce.viewSetup();
        salesforce.channelMember("Other__chn", "LeadChangeEvent", null);
        for (String channel : List.of("Sync__chn", "ChangeEvents")) {
            salesforce.channelMember(channel, "ContactChangeEvent", null);
            salesforce.channelMember(channel, "Partner__ChangeEvent", null);
            assertThat(find("salesforce topic", "/data/" + channel, "Contact", "Partner__c"))
                    .hasValue(new Finding(
                            Level.OK,
                            "salesforce topic",
                            "/data/" + channel
                                    + " can be subscribed to, as by anybody: which records' events come is another"
                                    + " matter"));
            assertThat(find("salesforce members", "/data/" + channel, "Contact", "Partner__c"))
                    .hasValue(new Finding(
                            Level.OK, "salesforce members", "/data/" + channel + " carries Contact, Partner__c"));
        }
    }

    @Test
    void an_entity_that_a_channel_of_several_does_not_carry_is_named_with_what_to_add() {
        salesforce.viewSetup();
        salesforce.channelMember("Sync__chn", "ContactChangeEvent", null);
        salesforce.channelMember("ChangeEvents", "LeadChangeEvent", null);
        salesforce.channelMember("Other__chn", "Partner__ChangeEvent", null);

        assertThat(find("salesforce members", CUSTOM, "Contact", "Lead", "Partner__c"))
                .hasValue(
                        new Finding(
                                Level.FAIL,
                                "salesforce members",
                                CUSTOM
                                        + " does not carry Lead, Partner__c: their deletions would be found by the sweeps only → add"
                                        + " LeadChangeEvent, Partner__ChangeEvent in Setup: the members of the custom channel"));
        assertThat(find("salesforce members", ALL, "Contact"))
                .hasValue(new Finding(
                        Level.FAIL,
                        "salesforce members",
                        ALL + " does not carry Contact: their deletions would be found by the sweeps only → add"
                                + " ContactChangeEvent in Setup: Change Data Capture"));
    }

    @Test
    void a_member_that_filters_its_events_is_worth_a_warning() {
        salesforce.viewSetup();
        salesforce.channelMember("Sync__chn", "ContactChangeEvent", "City__c = 'Porto'");

        assertThat(find("salesforce members", CUSTOM, "Contact"))
                .hasValueSatisfying(finding -> assertThat(finding.level()).isEqualTo(Level.WARN))
                .hasValueSatisfying(finding -> assertThat(finding.words())
                        .contains("filters the events of Contact", "remove the filter")
                        .doesNotContain("Porto"));
    }

    @Test
    void custom_objects_that_are_named_by_id_are_not_called_missing() {
        salesforce.viewSetup();
        salesforce.channelMember("Sync__chn", "ContactChangeEvent", null);
        salesforce.channelMember("Sync__chn", "01IRM000000abcdEAA", null);

        assertThat(find("salesforce members", CUSTOM, "Contact", "Partner__c"))
                .hasValueSatisfying(finding -> assertThat(finding.level()).isEqualTo(Level.SKIP));
    }

    /** The service does its work without that permission. */
    @ParameterizedTest
    @ValueSource(strings = {CUSTOM, ALL})
    void a_user_who_may_not_see_setup_is_told_what_was_not_checked(String channel) {
        assertThat(find("salesforce members", channel, "Contact", "Lead"))
                .hasValue(new Finding(
                        Level.SKIP,
                        "salesforce members",
                        "whether " + channel + " carries Contact, Lead is not to be seen (Salesforce answered 400"
                                + " INVALID_TYPE)" + VIEW_SETUP
                                + (channel.equals(ALL) ? "Change Data Capture" : "the members of the custom channel")));
        assertThat(find("salesforce permissions", channel, "Contact", "Lead"))
                .hasValue(new Finding(
                        Level.SKIP,
                        "salesforce permissions",
                        "whether the user has View All on Contact, Lead is not to be seen (Salesforce answered 400"
                                + " INVALID_TYPE)" + VIEW_SETUP + "Permission Sets, Object Settings"));
    }

    @Test
    void the_entities_whose_records_the_user_may_not_all_see_are_named() {
        salesforce.viewSetup("Contact", "Account");

        assertThat(find("salesforce permissions", CUSTOM, "Contact"))
                .hasValue(new Finding(Level.OK, "salesforce permissions", "View All on Contact"));
        assertThat(find("salesforce permissions", CUSTOM, "Contact", "Lead"))
                .hasValueSatisfying(finding -> assertThat(finding.level()).isEqualTo(Level.WARN))
                .hasValueSatisfying(finding ->
                        assertThat(finding.words()).contains("has View All on Lead, so that it may not see"));
    }

    @Test
    void the_filter_that_leaves_edits_out_is_known_and_one_that_differs_is_not() {
        salesforce.viewSetup();
        salesforce.channelMember(
                "Sync__chn",
                "ContactChangeEvent",
                "ChangeEventHeader.changeType != 'CREATE'  AND ChangeEventHeader.changeType != 'UPDATE'");
        assertThat(find("salesforce members", CUSTOM, "Contact"))
                .hasValue(new Finding(
                        Level.OK, "salesforce members", CUSTOM + " carries Contact, without edits of Contact"));

        salesforce.channelMember(
                "Sync__chn",
                "LeadChangeEvent",
                "ChangeEventHeader.changeType != 'CREATE' AND ChangeEventHeader.changeType = 'UPDATE'");
        assertThat(find("salesforce members", CUSTOM, "Contact", "Lead"))
                .hasValueSatisfying(finding -> assertThat(finding.level()).isEqualTo(Level.WARN))
                .hasValueSatisfying(finding -> assertThat(finding.words()).contains("filters the events of Lead:"));
    }

    @Test
    void only_living_and_deleted_records_prove_a_right_on_a_channel_that_anybody_may_subscribe_to() {
        assertThat(find("salesforce rights", "/data/ContactChangeEvent", "Contact"))
                .isEmpty();
        assertThat(find("salesforce rights", CUSTOM, "Contact"))
                .hasValueSatisfying(finding -> assertThat(finding.level()).isEqualTo(Level.WARN))
                .hasValueSatisfying(finding -> assertThat(finding.words()).startsWith("no record of Contact is seen"));

        List<String> contacts = salesforce.createContacts(2);
        assertThat(find("salesforce rights", CUSTOM, "Contact"))
                .hasValueSatisfying(
                        finding -> assertThat(finding.words()).startsWith("no deleted record of Contact is seen"));

        salesforce.deleteContact(contacts.get(0));
        assertThat(find("salesforce rights", ALL, "Contact"))
                .hasValue(new Finding(Level.OK, "salesforce rights", "living and deleted records of Contact are seen"));
        assertThat(find("salesforce rights", ALL, "Lead"))
                .hasValueSatisfying(finding -> assertThat(finding.level()).isEqualTo(Level.SKIP));
    }

    @Test
    void a_version_that_is_not_served_is_found_with_one_that_is() {
        assertThat(find("salesforce api", CUSTOM, "Contact"))
                .hasValue(new Finding(Level.OK, "salesforce api", "v64.0 is served (the newest is v67.0)"));
        version = "40.0";
        assertThat(find("salesforce api", CUSTOM, "Contact"))
                .hasValue(new Finding(
                        Level.FAIL,
                        "salesforce api",
                        "v40.0 is not served (v62.0 to v67.0 are), so that no sweep can ask → set salesforce.api-version ="
                                + " 67.0"));
    }

    @Test
    void a_sandbox_is_told_from_production() {
        assertThat(find("salesforce org", CUSTOM, "Contact"))
                .hasValue(new Finding(Level.OK, "salesforce org", "production, no sandbox"));
        salesforce.sandbox(true);
        assertThat(find("salesforce org", CUSTOM, "Contact"))
                .hasValueSatisfying(finding -> assertThat(finding.level()).isEqualTo(Level.WARN))
                .hasValueSatisfying(finding -> assertThat(finding.words()).startsWith("a sandbox, whose records"));
    }

    @Test
    void what_is_left_of_the_daily_events_is_told_or_why_it_is_not() {
        assertThat(find("salesforce events", CUSTOM, "Contact"))
                .hasValueSatisfying(finding -> assertThat(finding.level()).isEqualTo(Level.SKIP))
                .hasValueSatisfying(finding -> assertThat(finding.words())
                        .contains("answered 403 FORBIDDEN", "give the integration user View Setup and Configuration"));

        salesforce.viewSetup();
        assertThat(find("salesforce events", CUSTOM, "Contact"))
                .hasValue(new Finding(
                        Level.OK, "salesforce events", "24000 of 25000 deliveries of the last 24 hours are left"));
        salesforce.deliveries(25_000, 2_000);
        assertThat(find("salesforce events", CUSTOM, "Contact"))
                .hasValueSatisfying(finding -> assertThat(finding.level()).isEqualTo(Level.WARN))
                .hasValueSatisfying(finding -> assertThat(finding.words()).contains("2000 of 25000", "ops/salesforce"));
        salesforce.deliveries(null, null);
        assertThat(find("salesforce events", CUSTOM, "Contact"))
                .hasValue(new Finding(
                        Level.SKIP,
                        "salesforce events",
                        "Salesforce's limits do not tell the daily allocation of this org"));
    }

    private Optional<Finding> find(String check, String channel, String... entities) {
        ClientCredentials secret =
                ClientCredentials.inForm(SalesforceSimulator.CLIENT_ID, new Secret(SalesforceSimulator.CLIENT_SECRET));
        Outbound outbound = Outbound.direct();
        URI login = URI.create(salesforce.loginUrl());
        Findings findings = new Findings();
        new SalesforceExam(
                        outbound,
                        new AccessTokens(
                                URI.create(login + "/services/oauth2/token"), secret, Duration.ofSeconds(5), outbound),
                        login,
                        new Topic(
                                outbound, new Target(salesforce.pubsubHost(), salesforce.pubsubPort()), true, channel),
                        List.of(entities),
                        version,
                        Duration.ofSeconds(5))
                .examine(findings);
        return findings.all().stream()
                .filter(finding -> finding.check().equals(check))
                .findFirst();
    }
}
