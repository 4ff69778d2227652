package io.recordsync.salesforce;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.recordsync.doctor.Answer;
import io.recordsync.doctor.Asker;
import io.recordsync.doctor.Findings;
import io.recordsync.oauth.Token;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Checks which entities a channel of several carries, and whether the user may see every record of them.
 *
 * <p>Anybody may subscribe to such a channel, and what it leaves out it does not say; a user without View All misses records, and no
 * error says so. Both are asked in Setup's own tables, which take the permission View Setup and Configuration: without it the check is
 * skipped, since the service does its work without it.
 */
final class ChannelExam {

    private static final String MEMBERS = "salesforce members";
    private static final String PERMISSIONS = "salesforce permissions";
    private static final String RIGHTS = "salesforce rights";
    /** What leaves edits out, and lets through deletions, restorations, gaps, and what may be invented later. */
    private static final String DELETIONS_ONLY =
            "ChangeEventHeader.changeType != 'CREATE' AND ChangeEventHeader.changeType != 'UPDATE'";

    private static final Pattern CHANNEL_OF_ONE = Pattern.compile("/data/\\w+ChangeEvent");
    private static final Pattern CUSTOM = Pattern.compile("/data/((\\w+)__chn)");
    private static final Pattern USER_ID = Pattern.compile("005[A-Za-z0-9]{12}([A-Za-z0-9]{3})?");
    private static final String BY_VIEW_SETUP =
            " → give the integration user View Setup and Configuration for it, or look in Setup: ";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Asker asker;
    private final String channel;
    private final List<String> entities;
    private final String apiVersion;

    ChannelExam(Asker asker, String channel, List<String> entities, String apiVersion) {
        this.asker = asker;
        this.channel = channel;
        this.entities = List.copyOf(entities);
        this.apiVersion = apiVersion;
    }

    /** Without a login. */
    void skip(Findings findings, String why) {
        if (isOfSeveral()) {
            findings.skip(MEMBERS, why);
        }
        findings.skip(PERMISSIONS, why);
        if (isOfSeveral()) {
            findings.skip(RIGHTS, why);
        }
    }

    void examine(Findings findings, Token token) {
        if (isOfSeveral()) {
            members(findings, token);
        }
        permissions(findings, token);
        if (isOfSeveral()) {
            entities.forEach(entity -> right(findings, entity, token));
        }
    }

    /** Of a channel that anybody may subscribe to. */
    String provesNoRight() {
        return isOfSeveral() ? ", as by anybody: which records' events come is another matter" : "";
    }

    private boolean isOfSeveral() {
        return !CHANNEL_OF_ONE.matcher(channel).matches();
    }

    private void members(Findings findings, Token token) {
        Matcher custom = CUSTOM.matcher(channel);
        boolean isCustom = custom.matches();
        String place = isCustom ? "the members of the custom channel" : "Change Data Capture";
        try {
            Set<String> names =
                    new HashSet<>(Set.of(isCustom ? custom.group(1) : channel.substring("/data/".length())));
            if (isCustom) {
                String soql = "SELECT Id FROM PlatformEventChannel WHERE DeveloperName = '" + custom.group(2) + "'";
                // A member names its channel by the id or by the name.
                rows(SalesforceQuery.tooling(apiVersion, soql), token)
                        .forEach(row -> names.add(row.path("Id").asText()));
            }
            String soql = "SELECT EventChannel, SelectedEntity, FilterExpression FROM PlatformEventChannelMember";
            JsonNode members = rows(SalesforceQuery.tooling(apiVersion, soql), token);
            judge(findings, names, members, place);
        } catch (IOException e) {
            findings.skip(
                    MEMBERS,
                    "whether %s carries %s is not to be seen (%s)%s%s"
                            .formatted(channel, String.join(", ", entities), e.getMessage(), BY_VIEW_SETUP, place));
        }
    }

    private void judge(Findings findings, Set<String> names, JsonNode members, String place) {
        Set<String> missing = new TreeSet<>(entities);
        Set<String> filtered = new TreeSet<>();
        Set<String> edited = new TreeSet<>();
        boolean byId = false;
        for (JsonNode member : members) {
            if (!names.contains(member.path("EventChannel").asText())) {
                continue;
            }
            String selected = member.path("SelectedEntity").asText();
            byId |= !selected.endsWith("ChangeEvent");
            entities.stream()
                    .filter(entity -> changeEvent(entity).equals(selected))
                    .forEach(entity -> {
                        missing.remove(entity);
                        String filter =
                                member.path("FilterExpression").asText("").strip();
                        if (!filter.isEmpty()) {
                            (leavesEditsOut(filter) ? edited : filtered).add(entity);
                        }
                    });
        }
        if (byId && missing.stream().allMatch(entity -> entity.endsWith("__c")) && !missing.isEmpty()) {
            findings.skip(MEMBERS, "Salesforce names custom objects by their ids → look in Setup: " + place);
        } else if (!missing.isEmpty()) {
            findings.fail(
                    MEMBERS,
                    "%s does not carry %s: their deletions would be found by the sweeps only → add %s in Setup: %s"
                            .formatted(
                                    channel,
                                    String.join(", ", missing),
                                    missing.stream()
                                            .map(ChannelExam::changeEvent)
                                            .collect(Collectors.joining(", ")),
                                    place));
        } else if (!filtered.isEmpty()) {
            findings.warn(
                    MEMBERS,
                    "%s filters the events of %s: deletions that it leaves out are found by the sweeps only → remove the filter"
                            .formatted(channel, String.join(", ", filtered)));
        } else {
            String without = edited.isEmpty() ? "" : ", without edits of " + String.join(", ", edited);
            findings.ok(MEMBERS, channel + " carries " + String.join(", ", entities) + without);
        }
    }

    private static boolean leavesEditsOut(String filter) {
        return filter.replaceAll("\\s+", " ").equalsIgnoreCase(DELETIONS_ONLY);
    }

    /** Only data proves it: what the user may not see, such a channel leaves out without a word. */
    private void right(Findings findings, String entity, Token token) {
        String soql = "SELECT Id FROM " + entity + " WHERE IsDeleted = ";
        try {
            boolean living = !rows(SalesforceQuery.all(apiVersion, soql + "false LIMIT 1"), token)
                    .isEmpty();
            boolean deleted = !rows(SalesforceQuery.all(apiVersion, soql + "true LIMIT 1"), token)
                    .isEmpty();
            if (living && deleted) {
                findings.ok(RIGHTS, "living and deleted records of " + entity + " are seen");
            } else {
                findings.warn(
                        RIGHTS,
                        "%s of %s is seen, which alone would prove that its events come → delete a test record that belongs to"
                                        .formatted(
                                                living
                                                        ? "no deleted record"
                                                        : deleted ? "no living record" : "no record",
                                                entity)
                                + " another user, and run the doctor again");
            }
        } catch (IOException e) {
            findings.skip(RIGHTS, "which records of %s are seen is not known (%s)".formatted(entity, e.getMessage()));
        }
    }

    /** {@code ContactChangeEvent}, or {@code Partner__ChangeEvent} of {@code Partner__c}. */
    private static String changeEvent(String entity) {
        return entity.endsWith("__c")
                ? entity.substring(0, entity.length() - "c".length()) + "ChangeEvent"
                : entity + "ChangeEvent";
    }

    private void permissions(Findings findings, Token token) {
        String place = "Permission Sets, Object Settings";
        try {
            String user = user(token);
            String soql =
                    "SELECT SobjectType FROM ObjectPermissions WHERE PermissionsViewAllRecords = true AND ParentId IN"
                            + " (SELECT PermissionSetId FROM PermissionSetAssignment WHERE AssigneeId = '" + user
                            + "')";
            Set<String> seen = new HashSet<>();
            rows(SalesforceQuery.living(apiVersion, soql), token)
                    .forEach(row -> seen.add(row.path("SobjectType").asText()));
            List<String> missing =
                    entities.stream().filter(entity -> !seen.contains(entity)).toList();
            if (missing.isEmpty()) {
                findings.ok(PERMISSIONS, "View All on " + String.join(", ", entities));
            } else {
                findings.warn(
                        PERMISSIONS,
                        "no permission set or profile of the integration user has View All on %s, so that it may not see"
                                        .formatted(String.join(", ", missing))
                                + " every record → give it View All in Setup: " + place);
            }
        } catch (IOException e) {
            findings.skip(
                    PERMISSIONS,
                    "whether the user has View All on %s is not to be seen (%s)%s%s"
                            .formatted(String.join(", ", entities), e.getMessage(), BY_VIEW_SETUP, place));
        }
    }

    /** Who the service is to Salesforce. */
    private String user(Token token) throws IOException {
        Answer answer = asker.get(token.instanceUrl() + "/services/oauth2/userinfo", token.value());
        String user = answer.status() == 200
                ? JSON.readTree(answer.body()).path("user_id").asText()
                : "";
        if (!USER_ID.matcher(user).matches()) {
            throw new IOException("Salesforce does not say who the user is: userinfo answered " + answer.status());
        }
        return user;
    }

    /** Of the first page, which has as many as there can be. */
    private JsonNode rows(SalesforceQuery question, Token token) throws IOException {
        Answer answer = asker.get(token.instanceUrl() + question.pathAndQuery(), token.value());
        if (answer.status() != 200) {
            throw new IOException(SalesforceAccess.refusalAlone(answer));
        }
        JsonNode records = JSON.readTree(answer.body()).path("records");
        if (!records.isArray()) {
            throw new IOException("the answer has no records; is a proxy in between?");
        }
        return records;
    }
}
