package io.recordsync.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

class InstancesTest {

    private final Instances instances = Instances.of(URI.create("https://login.acme.example"), List.of("Sfdc.Example"));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://login.acme.example",
                "https://LOGIN.acme.example",
                "https://acme.my.salesforce.com",
                "https://acme--uat.sandbox.my.salesforce.com",
                "https://ACME.My.Salesforce.com",
                "https://acme.force.com",
                "https://acme.my.salesforce.com:8443",
                "https://acme.sfdc.example",
            })
    void an_instance_is_of_the_logins_host_or_below_a_known_domain(String url) {
        assertThat(instances.read(url)).isEqualTo(url);
    }

    @Test
    void a_slash_at_its_end_is_no_path() {
        assertThat(instances.read("https://acme.my.salesforce.com/")).isEqualTo("https://acme.my.salesforce.com");
    }

    @ParameterizedTest
    @NullAndEmptySource
    void an_answer_may_name_none(String url) {
        assertThat(instances.read(url)).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://acme.my.salesforce.com",
                "HTTPS://acme.my.salesforce.com/services",
                "https://acme.my.salesforce.com/services",
                "https://acme.my.salesforce.com//",
                "https://acme.my.salesforce.com?x=1",
                "https://acme.my.salesforce.com#x",
                "https://user@acme.my.salesforce.com",
                "https://user:secret-4711@acme.my.salesforce.com",
                "https://acme.my.salesforce.com@evil.example",
                "https://acme.my.salesforce.com.evil.example",
                "https://evilsalesforce.com",
                "https://salesforce.com",
                "https://acme.my.salesforce.com.",
                "https://acme.my.salesforce.com%2eevil.example",
                "https://evil.example",
                "https://sfdc.example",
                "https://127.0.0.1:8443",
                "https://localhost",
                "https://[::1]",
                "https://acme.my.salesforce.com/{{ops.user}}",
                "https://{{ops.user}}.my.salesforce.com",
                "https://acme.my.salesforce.com/${header.x}",
                "https://$simple{header.x}.my.salesforce.com",
                "https://acme.my.salesforce.com\\@evil.example",
                "https://acme.my.salesforce.com evil.example",
                "https://acme.my.salesforce.com\nevil.example",
                "//acme.my.salesforce.com",
                "acme.my.salesforce.com",
                "file:///etc/hostname",
                "netty-http:https://acme.my.salesforce.com",
            })
    void anything_else_is_refused_in_one_line(String url) {
        assertThatThrownBy(() -> instances.read(url))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected https:// and a host: login.acme.example")
                .hasMessageContaining("salesforce.instance-domains")
                .message()
                .doesNotContain("\n", "{{", "${", "secret-4711");
    }

    /** A simulator has any port of this machine, and neither end has a certificate. */
    @ParameterizedTest
    @CsvSource({
        "http://127.0.0.1:4711, http://127.0.0.1:4712, true",
        "http://localhost:4711, http://127.0.0.1:4711, true",
        "http://[::1]:4711, http://[::1]:4711, true",
        "http://127.0.0.1:4711, http://127.0.0.1:4711/path, false",
        "http://127.0.0.1:4711, http://10.0.0.1:4711, false",
        "http://127.0.0.1:4711, ftp://127.0.0.1:4711, false",
        "https://login.acme.example, http://127.0.0.1:4711, false",
    })
    void this_machine_leads_to_itself(String login, String url, boolean accepted) {
        Instances local = Instances.of(URI.create(login), List.of());

        if (accepted) {
            assertThat(local.read(url)).isEqualTo(url);
        } else {
            assertThatThrownBy(() -> local.read(url)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void the_end_that_has_none_is_not_asked() {
        assertThat(Instances.NONE.read("https://evil.example/path")).isNull();
    }
}
