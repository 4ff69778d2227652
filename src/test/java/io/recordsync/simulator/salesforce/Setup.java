package io.recordsync.simulator.salesforce;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What Setup tells by SOQL of the org's channels (Tooling API) and of the user's permissions on objects.
 *
 * <p>Only to a user with View Setup and Configuration; for others these objects do not exist. By the references of
 * PlatformEventChannel, PlatformEventChannelMember and ObjectPermissions. Thread-safe.
 */
final class Setup {

    private static final Pattern TOOLING = Pattern.compile("/services/data/v\\d{2}\\.0/tooling/query/?");
    private static final Pattern QUERY = Pattern.compile("/services/data/v\\d{2}\\.0/query/?");
    private static final Pattern LIMITS = Pattern.compile("/services/data/v\\d{2}\\.0/limits/?");
    private static final Pattern SELECT =
            Pattern.compile("SELECT (\\w+(?:, \\w+)*) FROM (\\w+)(?: WHERE DeveloperName = '(\\w+)')?");
    private static final Pattern PERMISSIONS = Pattern.compile(
            "SELECT SobjectType FROM ObjectPermissions WHERE PermissionsViewAllRecords = true AND ParentId IN"
                    + " \\(SELECT PermissionSetId FROM PermissionSetAssignment WHERE AssigneeId = '(\\w+)'\\)");
    private static final Set<String> CHANNEL_FIELDS = Set.of("Id", "DeveloperName", "ChannelType", "MasterLabel");
    private static final Set<String> MEMBER_FIELDS =
            Set.of("Id", "DeveloperName", "EventChannel", "SelectedEntity", "FilterExpression");

    private record Channel(String id, String name) {}

    private record Member(String channel, String event, String filter) {}

    private final List<Channel> channels = new CopyOnWriteArrayList<>();
    private final List<Member> members = new CopyOnWriteArrayList<>();
    private final Set<String> viewAll = ConcurrentHashMap.newKeySet();
    private volatile boolean shown;
    private volatile boolean sandbox;
    private volatile Map<String, Integer> deliveries = Map.of("Max", 25_000, "Remaining", 24_000);

    /** The user has View Setup and Configuration, and View All on these objects. */
    void show(String... viewAllOn) {
        shown = true;
        viewAll.clear();
        viewAll.addAll(List.of(viewAllOn));
    }

    /** @param channel its full name: {@code Sync__chn}, or {@code ChangeEvents} */
    void member(String channel, String event, String filter) {
        String named = channel;
        if (channel.endsWith("__chn")) {
            String name = channel.substring(0, channel.length() - "__chn".length());
            Channel known = channels.stream()
                    .filter(other -> other.name().equals(name))
                    .findFirst()
                    .orElseGet(() -> new Channel("0YLRM00000000%02dEI4A2".formatted(channels.size()), name));
            channels.add(known);
            named = known.id();
        }
        members.add(new Member(named, event, filter));
    }

    /** Whether the org is a sandbox, which any user of the API may ask. */
    void sandbox(boolean is) {
        sandbox = is;
    }

    /** Deliveries of the last 24 hours; null: the limits do not have this one, which is normal. */
    void deliveries(Integer max, Integer remaining) {
        deliveries = max == null ? null : Map.of("Max", max, "Remaining", remaining);
    }

    private RestApi.Answer limits() {
        if (!shown) {
            return RestApi.Answer.refusal(403, "FORBIDDEN", "You don't have the View Setup permission");
        }
        Map<String, Object> limits = new LinkedHashMap<>();
        limits.put("DailyApiRequests", Map.of("Max", 15_000, "Remaining", 14_998));
        if (deliveries != null) {
            limits.put("DailyDeliveredPlatformEvents", deliveries);
        }
        return RestApi.Answer.of(limits);
    }

    /** Empty where the question is not one for Setup. */
    Optional<RestApi.Answer> get(String path, String soql) {
        if (LIMITS.matcher(path).matches()) {
            return Optional.of(limits());
        }
        if (QUERY.matcher(path).matches() && soql.equals("SELECT IsSandbox FROM Organization")) {
            return Optional.of(answer(List.of(Map.of("IsSandbox", sandbox))));
        }
        if (QUERY.matcher(path).matches() && soql.contains(" FROM ObjectPermissions")) {
            return Optional.of(shown ? permissions(soql) : noSuchType("ObjectPermissions"));
        }
        return TOOLING.matcher(path).matches() ? Optional.of(tooling(soql)) : Optional.empty();
    }

    private RestApi.Answer permissions(String soql) {
        if (!PERMISSIONS.matcher(soql).matches()) {
            return malformed(soql);
        }
        return answer(viewAll.stream()
                .sorted()
                .map(type -> Map.<String, Object>of("SobjectType", type))
                .toList());
    }

    private RestApi.Answer tooling(String soql) {
        Matcher select = SELECT.matcher(soql);
        if (!select.matches()) {
            return malformed(soql);
        }
        boolean ofChannels = select.group(2).equals("PlatformEventChannel");
        if (!shown || !ofChannels && !select.group(2).equals("PlatformEventChannelMember")) {
            return noSuchType(select.group(2));
        }
        List<String> fields = List.of(select.group(1).split(", "));
        if (!(ofChannels ? CHANNEL_FIELDS : MEMBER_FIELDS).containsAll(fields)) {
            return RestApi.Answer.refusal(400, "INVALID_FIELD", "No such column on entity '" + select.group(2) + "'");
        }
        List<Map<String, Object>> rows = new ArrayList<>();
        if (ofChannels) {
            channels.stream()
                    .distinct()
                    .filter(channel -> select.group(3) == null || channel.name().equals(select.group(3)))
                    .forEach(channel -> rows.add(Map.of("Id", channel.id(), "DeveloperName", channel.name())));
        } else {
            members.forEach(member -> {
                Map<String, Object> row = new LinkedHashMap<>();
                row.put("EventChannel", member.channel());
                row.put("SelectedEntity", member.event());
                row.put("FilterExpression", member.filter());
                rows.add(row);
            });
        }
        return answer(rows);
    }

    private static RestApi.Answer answer(List<Map<String, Object>> rows) {
        return RestApi.Answer.of(Map.of("size", rows.size(), "totalSize", rows.size(), "done", true, "records", rows));
    }

    private static RestApi.Answer malformed(String soql) {
        return RestApi.Answer.refusal(400, "MALFORMED_QUERY", "unexpected token in: " + soql);
    }

    private static RestApi.Answer noSuchType(String type) {
        return RestApi.Answer.refusal(400, "INVALID_TYPE", "sObject type '" + type + "' is not supported");
    }
}
