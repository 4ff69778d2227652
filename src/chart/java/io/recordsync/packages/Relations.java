package io.recordsync.packages;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What no type says: what one object names is there in another, and values are such as the API accepts. */
final class Relations {

    private static final Predicate<String> LABEL_VALUE = matching("([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?");
    private static final Predicate<String> LABEL_KEY =
            matching("([a-z0-9.-]{1,253}/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?");
    /** A Service's; good for everything else, too. */
    private static final Predicate<String> NAME = matching("[a-z]([a-z0-9-]{0,61}[a-z0-9])?");

    private static final Predicate<String> QUANTITY = matching("[0-9]+(\\.[0-9]+)?(m|[kMGTPE]|[KMGTPE]i)?");
    private static final Pattern JOB = Pattern.compile("job=\"([^\"]*)\"");

    /** By the name of the field, wherever it is. */
    private static final Map<String, Set<String>> CHOICES = Map.of(
            "imagePullPolicy", Set.of("Always", "IfNotPresent", "Never"),
            "protocol", Set.of("TCP", "UDP", "SCTP"),
            "scheme", Set.of("HTTP", "HTTPS", "https"),
            "whenUnsatisfiable", Set.of("ScheduleAnyway", "DoNotSchedule"),
            "unhealthyPodEvictionPolicy", Set.of("AlwaysAllow", "IfHealthyBudget"),
            "effect", Set.of("NoSchedule", "PreferNoSchedule", "NoExecute"));

    private static final Set<String> RESOURCES = Set.of("cpu", "memory", "ephemeral-storage", "storage");
    private static final Set<String> PORTS = Set.of("port", "containerPort", "targetPort");

    private final Manifests manifests;
    private final List<String> faults = new ArrayList<>();

    private Relations(Manifests manifests) {
        this.manifests = manifests;
    }

    static List<String> faults(Manifests manifests) {
        Relations relations = new Relations(manifests);
        relations.names();
        manifests.objects().forEach(object -> relations.values(object, ""));
        manifests.workloads().forEach(relations::workload);
        manifests.all("Service").forEach(relations::service);
        manifests.all("PodDisruptionBudget").forEach(relations::budget);
        manifests.all("ServiceMonitor").forEach(relations::monitor);
        return relations.faults;
    }

    private void names() {
        Set<String> seen = new HashSet<>();
        for (JsonNode object : manifests.objects()) {
            String name = object.at("/metadata/name").asText();
            check(NAME.test(name), "name " + name);
            check(seen.add(object.path("kind").asText() + "/" + name), "two of " + name);
        }
    }

    private void values(JsonNode node, String field) {
        node.properties().forEach(child -> {
            String name = child.getKey();
            JsonNode value = child.getValue();
            if (CHOICES.containsKey(name)) {
                check(CHOICES.get(name).contains(value.asText()), name + ": " + value);
            }
            if (PORTS.contains(name) && value.isNumber()) {
                check(value.asInt() >= 1 && value.asInt() <= 65535, name + ": " + value);
            }
            if (Set.of("labels", "matchLabels", "nodeSelector").contains(name)) {
                value.properties().forEach(label -> {
                    check(LABEL_KEY.test(label.getKey()), "label " + label.getKey());
                    check(LABEL_VALUE.test(label.getValue().asText()), "label " + label);
                });
            }
            if (Set.of("requests", "limits").contains(name)) {
                value.properties().forEach(resource -> {
                    check(RESOURCES.contains(resource.getKey()), "resource " + resource.getKey());
                    check(QUANTITY.test(resource.getValue().asText()), "quantity " + resource);
                });
            }
            values(value, name);
        });
        if (node.isArray()) {
            node.forEach(item -> values(item, field));
        }
    }

    private void workload(JsonNode workload) {
        JsonNode spec = workload.path("spec");
        JsonNode pod = spec.at("/template/spec");
        JsonNode container = pod.at("/containers/0");
        check(
                selects(spec.at("/selector/matchLabels"), spec.at("/template/metadata/labels")),
                "the selector of " + workload.path("kind") + " against its pods");
        if (Manifests.is(workload, "StatefulSet")) {
            check(has("Service", spec.path("serviceName").asText()), "serviceName: no such Service");
        } else {
            String strategy = spec.at("/strategy/type").asText();
            check(strategy.equals("Recreate"), "strategy " + strategy);
            check(spec.at("/strategy/rollingUpdate").isMissingNode(), "rollingUpdate beside " + strategy);
        }
        for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
            JsonNode asked = container.path(probe).path("httpGet");
            check(asked.isMissingNode() || isPort(container, asked.path("port")), probe + ": no such port");
            check(asked.isMissingNode() || asked.path("path").asText().startsWith("/"), probe + ": path");
        }
        Set<String> variables = new HashSet<>();
        for (JsonNode variable : container.path("env")) {
            String name = variable.path("name").asText();
            check(name.matches("[A-Z][A-Z0-9_]*") && variables.add(name), "variable " + name);
        }
        volumes(spec, pod, container);
        pod.path("topologySpreadConstraints")
                .forEach(spread -> check(
                        selects(spread.at("/labelSelector/matchLabels"), spec.at("/template/metadata/labels")),
                        "a topologySpreadConstraint selects no pod"));
    }

    private void volumes(JsonNode spec, JsonNode pod, JsonNode container) {
        Set<String> unused = new HashSet<>();
        spec.path("volumeClaimTemplates")
                .forEach(claim -> unused.add(claim.at("/metadata/name").asText()));
        pod.path("volumes").forEach(volume -> unused.add(volume.path("name").asText()));
        Set<String> there = Set.copyOf(unused);
        Set<String> places = new HashSet<>();
        for (JsonNode mount : container.path("volumeMounts")) {
            String name = mount.path("name").asText();
            String path = mount.path("mountPath").asText();
            check(there.contains(name), "volumeMount " + name + ": no such volume");
            check(path.startsWith("/") && places.add(path), "mountPath " + path);
            unused.remove(name);
            if (mount.has("subPath")) {
                String map = pod.path("volumes").findParents("configMap").stream()
                        .filter(volume -> volume.path("name").asText().equals(name))
                        .map(volume -> volume.at("/configMap/name").asText())
                        .findFirst()
                        .orElse("");
                String file = mount.path("subPath").asText();
                check(
                        manifests
                                .all("ConfigMap")
                                .anyMatch(object -> name(object).equals(map)
                                        && object.path("data").has(file)),
                        "no ConfigMap " + map + " with " + file);
            }
        }
        check(unused.isEmpty(), "volumes that nothing mounts: " + unused);
    }

    private void service(JsonNode service) {
        JsonNode selector = service.at("/spec/selector");
        check(selectsPods(selector), "the Service selects no pod");
        for (JsonNode port : service.at("/spec/ports")) {
            check(
                    manifests
                            .workloads()
                            .anyMatch(workload ->
                                    isPort(workload.at("/spec/template/spec/containers/0"), port.path("targetPort"))),
                    "targetPort: no such port");
        }
    }

    private void budget(JsonNode budget) {
        JsonNode spec = budget.path("spec");
        check(selectsPods(spec.at("/selector/matchLabels")), "the budget selects no pod");
        check(spec.has("maxUnavailable") != spec.has("minAvailable"), "a budget has one limit");
        JsonNode most = spec.path("maxUnavailable");
        check(most.isMissingNode() || isAbove0(most), "maxUnavailable: " + most);
        JsonNode least = spec.path("minAvailable");
        int replicas = manifests
                .workloads()
                .mapToInt(workload -> workload.at("/spec/replicas").asInt())
                .sum();
        check(least.isMissingNode() || least.isInt() && least.asInt() < replicas, "minAvailable: " + least);
    }

    private static boolean isAbove0(JsonNode limit) {
        return limit.isInt() ? limit.asInt() > 0 : limit.asText().matches("[1-9][0-9]*%");
    }

    private void monitor(JsonNode monitor) {
        List<JsonNode> services = manifests
                .all("Service")
                .filter(service -> selects(monitor.at("/spec/selector/matchLabels"), service.at("/metadata/labels")))
                .toList();
        check(services.size() == 1, "the monitor selects " + services.size() + " Services");
        for (JsonNode endpoint : monitor.at("/spec/endpoints")) {
            String port = endpoint.path("port").asText();
            check(
                    services.stream().anyMatch(service -> service.at("/spec/ports")
                            .findValuesAsText("name")
                            .contains(port)),
                    "endpoint " + port + ": no such port");
            check(endpoint.path("interval").asText().matches("([0-9]+(ms|[smhdwy]))+"), "interval: " + endpoint);
            check(endpoint.path("path").asText().equals("/observe/metrics"), "path of the metrics: " + endpoint);
        }
        // Without a jobLabel the operator takes the Service's name.
        for (JsonNode rule : manifests.all("PrometheusRule").toList()) {
            Matcher job = JOB.matcher(String.join("\n", rule.findValuesAsText("expr")));
            while (job.find()) {
                check(
                        services.stream().anyMatch(service -> name(service).equals(job.group(1)))
                                && !monitor.path("spec").has("jobLabel"),
                        "no such job: " + job.group());
            }
        }
    }

    private boolean selectsPods(JsonNode selector) {
        return manifests.workloads().anyMatch(pods -> selects(selector, pods.at("/spec/template/metadata/labels")));
    }

    private boolean has(String kind, String name) {
        return manifests.all(kind).anyMatch(object -> name(object).equals(name));
    }

    private static String name(JsonNode object) {
        return object.at("/metadata/name").asText();
    }

    private static boolean selects(JsonNode selector, JsonNode labels) {
        List<Map.Entry<String, JsonNode>> wanted = new ArrayList<>();
        selector.properties().forEach(wanted::add);
        return !wanted.isEmpty()
                && wanted.stream().allMatch(entry -> entry.getValue().equals(labels.path(entry.getKey())));
    }

    private static boolean isPort(JsonNode container, JsonNode port) {
        for (JsonNode open : container.path("ports")) {
            if (port.equals(open.path("name")) || port.equals(open.path("containerPort"))) {
                return true;
            }
        }
        return false;
    }

    private void check(boolean right, String fault) {
        if (!right) {
            faults.add(fault);
        }
    }

    private static Predicate<String> matching(String pattern) {
        return Pattern.compile(pattern).asMatchPredicate();
    }
}
