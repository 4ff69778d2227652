package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a token answer names as the instance comes from outside: elsewhere nothing is sent, and nothing in it is resolved. */
class InstanceUrlIT {

    @TempDir
    Path folder;

    @Test
    void an_instance_that_is_not_salesforces_is_refused_in_one_line_and_nothing_is_sent_there() throws Exception {
        try (SalesforceSimulator salesforce = SalesforceSimulator.start();
                TalkdeskSimulator talkdesk = TalkdeskSimulator.start();
                ServerSocket elsewhere = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                Service service = new Service(folder, salesforce, talkdesk, "list-1")) {
            talkdesk.addList("list-1", "EXTERNAL");
            String there = "http://127.0.0.1:" + elsewhere.getLocalPort();
            Map<String, String> shown = new LinkedHashMap<>();
            shown.put(there + "/path", there + "/path");
            shown.put(there + "/{{ops.user}}", there + "/??ops.user??");
            shown.put(there + "/${header.Host}", there + "/??header.Host?");
            shown.put("http://user:s3cret@127.0.0.1:" + elsewhere.getLocalPort(), "http://…127.0.0.1");
            shown.put("http://acme.my.salesforce.com", "http://acme.my.salesforce.com");
            shown.put("https://acme.my.salesforce.com.evil.example", "https://acme.my.salesforce.com.evil.example");
            salesforce.instanceUrl(there + "/path");
            service.start();

            for (Map.Entry<String, String> url : shown.entrySet()) {
                salesforce.instanceUrl(url.getKey());
                String words = "answered 200 with the instance_url " + url.getValue();
                service.await("the stream is refused " + url.getKey(), () -> stream(service)
                        .contains(words));
                assertThat(stream(service))
                        .contains("salesforce.instance-domains")
                        .doesNotContain("\n", "{{", "${");
                assertThat(service.answer("/observe/health/ready").body()).contains("salesforce-token", words);
            }
            Command doctor = Command.run(service.environment(), "doctor");
            assertThat(doctor.out().lines())
                    .anyMatch(line -> line.startsWith("fail | salesforce login       | No access token from 127.0.0.1:"
                            + " answered 200 with the instance_url https://acme.my.salesforce.com.evil.example"));

            assertThat(salesforce.recording().subscribes()).isEmpty();
            assertThat(salesforce.recording().restCalls())
                    .allMatch(call -> call.path().equals("/services/data/"));
            elsewhere.setSoTimeout(1);
            assertThat(List.of(elsewhere)).noneMatch(InstanceUrlIT::wasCalled);

            salesforce.instanceUrl(salesforce.loginUrl());
            service.awaitSubscribed();
        }
    }

    private static String stream(Service service) {
        return service.status().at("/stream/lastError").asText();
    }

    private static boolean wasCalled(ServerSocket socket) {
        try {
            socket.accept().close();
            return true;
        } catch (java.io.IOException e) {
            return false;
        }
    }
}
