package io.recordsync.salesforce;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.deletion.Intake;
import io.recordsync.inbox.Inbox;
import io.recordsync.simulator.salesforce.ContactIds;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PresenceChecksTest {

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    private final List<String> unchecked = new ArrayList<>();
    private final List<String> checked = new ArrayList<>();

    @ParameterizedTest
    @CsvSource({
        "100, 5, true",
        "100, 6, false",
        "20, 1, true",
        "19, 1, false",
        "1, 1, false",
        "3, 0, true",
        "0, 0, true"
    })
    void the_canary_holds_up_to_the_share_that_is_allowed(int ids, int missing, boolean holds) throws Exception {
        PresenceChecks checks = checks("off");
        checks.order(List.of("list-a"));
        PresenceCheck check = checks.begin();
        List<String> all = Stream.generate(ContactIds::next).limit(ids).toList();
        check.page(all, "");
        while (check.asking()) {
            check.read(living(all.subList(missing, ids)));
        }

        Intake intake = checks.conclude(check);

        assertThat(intake.deletions()).hasSize(holds ? missing : 0);
        assertThat(intake.problems()).hasSize(holds ? 0 : 1);
    }

    @Test
    void nothing_is_run_without_an_order_or_a_schedule() {
        unchecked.add("list-a");

        assertThat(checks("off").begin()).isNull();
    }

    @Test
    void what_the_schedule_makes_due_is_run_and_noted_when_it_has_ended() throws Exception {
        unchecked.add("list-b");
        PresenceChecks checks = checks("7d");
        PresenceCheck check = checks.begin();

        assertThat(check.recordList()).isEqualTo("list-b");
        check.page(List.of(), "");
        checks.conclude(check);
        assertThat(checked).isEmpty();
        checks.finish(check);
        assertThat(checked).containsExactly("list-b");
    }

    @Test
    void a_check_that_failed_is_run_from_its_beginning_and_one_that_is_hopeless_is_not() {
        PresenceChecks checks = checks("off");
        checks.order(List.of("list-a"));
        checks.fail(checks.begin(), new IOException("Talkdesk answered 503"));
        assertThat(checks.get()).containsEntry("waiting", List.of("list-a")).containsEntry("running", false);

        checks.order(List.of("list-a"));
        checks.fail(checks.begin(), new IllegalStateException("no such list"));
        assertThat(checks.get()).containsEntry("waiting", List.of()).containsEntry("lastError", "no such list");
        assertThat(checked).isEmpty();
    }

    @Test
    void an_answer_that_is_not_whole_settles_nothing() {
        PresenceCheck check = new PresenceCheck("list-a", NOW, records(), List.of("Contact"), "64.0");
        check.page(List.of(ContactIds.next()), "");

        org.assertj.core.api.Assertions.assertThatThrownBy(() -> check.read(new ByteArrayInputStream(
                        "{\"done\": false, \"records\": []}".getBytes(StandardCharsets.UTF_8))))
                .isInstanceOf(IOException.class);
        assertThat(check.asking()).isTrue();
    }

    @Test
    void whoever_lives_in_one_of_two_entities_is_not_missing() throws Exception {
        PresenceCheck check = new PresenceCheck("list-a", NOW, records(), List.of("Contact", "Lead"), "64.0");
        String contact = ContactIds.next();
        String lead = ContactIds.next();
        String none = ContactIds.next();
        check.page(List.of(contact, lead, none), "");

        check.read(living(List.of(contact)));
        check.read(living(List.of(lead)));

        assertThat(check.asking()).isFalse();
        assertThat(check.missing()).containsExactly(none);
    }

    @Test
    void a_record_with_the_short_id_is_deleted_by_the_id_that_it_has() throws Exception {
        PresenceCheck check = new PresenceCheck("list-a", NOW, records(), List.of("Contact"), "64.0");
        String shortId = ContactIds.next().substring(0, 15);
        check.page(List.of(shortId), "");
        check.read(living(List.of()));

        assertThat(check.missing()).containsExactly(shortId);
    }

    private PresenceChecks checks(String schedule) {
        Inbox inbox = (Inbox) Proxy.newProxyInstance(
                Inbox.class.getClassLoader(), new Class<?>[] {Inbox.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("presenceChecked")) {
                        checked.add((String) arguments[0]);
                        return null;
                    }
                    return List.copyOf(unchecked);
                });
        return new PresenceChecks(
                inbox,
                records(),
                "list-a,list-b",
                "salesforce",
                "Contact",
                "64.0",
                schedule,
                5,
                Duration.ofMinutes(1),
                Clock.fixed(NOW, ZoneOffset.UTC));
    }

    private static SyncedRecords records() {
        return new SyncedRecords("list-a,list-b", "salesforce", "003");
    }

    private static InputStream living(List<String> ids) {
        String records = ids.stream().map(id -> "{\"Id\": \"" + id + "\"}").collect(Collectors.joining(","));
        return new ByteArrayInputStream(
                "{\"done\": true, \"records\": [%s]}".formatted(records).getBytes(StandardCharsets.UTF_8));
    }
}
