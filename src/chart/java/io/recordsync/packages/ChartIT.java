package io.recordsync.packages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.marcnuri.helm.Helm;
import io.recordsync.config.Key;
import io.recordsync.config.Keys;
import io.recordsync.stories.Installation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The Helm chart: what it renders with each switch on and off is what a cluster accepts and the service reads. No cluster is asked; the
 * checks that stand for one are tried with faults in every field.
 */
@Tag("packages")
@Timeout(300)
class ChartIT {

    private static final String RELEASE = "prod";
    private static final String NAME = "prod-salesforce-talkdesk-sync";

    /** Names that are free: nothing knows how they are meant. */
    private static final Pattern FREE_NAME = Pattern.compile(".*/(labels|annotations)/[^/]+|.*/nodeSelector/[^/]+");
    /** A number is a quantity, and a query, too. */
    private static final Pattern FREE_TYPE = Pattern.compile(".*/(requests|limits)/[^/]+|.*/rules/[0-9]+/expr");

    private static final String SQLITE =
            """

            image: {repository: registry.example/sync}
            secrets:
              salesforce.client-secret: {name: sync, key: salesforce}
              talkdesk.client-secret: {name: sync, key: talkdesk}
              ops.password: {name: sync, key: page}
            settings:
              salesforce.login-url: https://acme.my.salesforce.com
              salesforce.client-id: an-id
              talkdesk.token-url: https://acme.talkdeskid.com/oauth/token
              talkdesk.client-id: an-id
              talkdesk.record-lists: list-1,list-2
            """;

    private static final String POSTGRESQL =
            SQLITE.replace("secrets:", "secrets:\n  store.password: {name: db, key: password}")
                    + """
              store.url: jdbc:postgresql://a,b/sync?sslmode=verify-full&sslrootcert=/keys/ca.pem
              store.user: sync
            database: postgresql
            replicas: 2
            """;

    /** Everything on. */
    private static final String REST =
            """
            imagePullSecrets: [registry]
            files:
              - {secret: keys, path: /keys}
              - {configMap: routes, path: /etc/salesforce-talkdesk-sync/routes}
            page: {hosts: [sync.example]}
            javaOptions: -Xmx256m -XX:+UseSerialGC
            serviceMonitor: {enabled: true, labels: {release: prometheus}}
            alerts: {enabled: true, labels: {release: prometheus}}
            serviceAccountName: sync
            podAnnotations: {example.com/scanned: "true"}
            nodeSelector: {kubernetes.io/arch: amd64}
            tolerations: [{key: batch, operator: Exists, effect: NoExecute, tolerationSeconds: 1000000}]
            affinity:
              nodeAffinity:
                preferredDuringSchedulingIgnoredDuringExecution:
                  - weight: 1
                    preference: {matchExpressions: [{key: disk, operator: In, values: [ssd]}]}
            """;

    private static final String SQLITE_ALL = SQLITE + REST + "volume: {storageClass: fast}\n";
    private static final String POSTGRESQL_ALL = POSTGRESQL + REST;

    @TempDir
    Path folder;

    private Chart chart;

    @BeforeEach
    void open() throws IOException {
        chart = new Chart(folder);
    }

    // ---- what it renders

    static Map<String, String> switches() {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("sqlite", SQLITE);
        values.put("sqlite, everything", SQLITE_ALL);
        values.put("sqlite, no pod", SQLITE + "replicas: 0\n");
        values.put("postgresql", POSTGRESQL);
        values.put("postgresql, everything", POSTGRESQL_ALL);
        values.put("postgresql, one pod", POSTGRESQL.replace("replicas: 2", "replicas: 1"));
        values.put("postgresql, no budget", POSTGRESQL + "podDisruptionBudget: {enabled: false}\n");
        values.put("postgresql, half of it", POSTGRESQL + "podDisruptionBudget: {maxUnavailable: 50%}\n");
        values.put("a monitor and no alerts", SQLITE + "serviceMonitor: {enabled: true, interval: 1m30s}\n");
        values.put("alerts and no monitor", SQLITE + "alerts: {enabled: true}\n");
        values.put("OpenShift", SQLITE + "runAs: {user: null, group: null, fsGroup: null}\n");
        values.put("a large number of a user", SQLITE + "runAs: {user: 1000660000}\n");
        values.put(
                "TLS of its own",
                SQLITE + "  ops.tls.keystore: /keys/page.p12\nfiles: [{secret: keys, path: /keys}]\n"
                        + "serviceMonitor: {enabled: true}\n");
        values.put("IPv6", SQLITE + "listen: '::'\n");
        values.put("a subchart", SQLITE + "global: {region: eu}\n");
        values.put("resources", SQLITE + "resources: {requests: {cpu: 2, memory: 1000000}, limits: {memory: 1Gi}}\n");
        return values;
    }

    static Stream<Map.Entry<String, String>> eachSwitch() {
        return switches().entrySet().stream();
    }

    @ParameterizedTest
    @MethodSource("eachSwitch")
    void each_switch_on_and_off_is_what_a_cluster_accepts(Map.Entry<String, String> values) throws Exception {
        String text = chart.render(RELEASE, values.getValue());

        assertThat(ManifestFaults.of(text)).as(text).isEmpty();
        assertThat(text).doesNotContain("e+0");
    }

    @Test
    void a_switch_that_is_on_renders_something_and_one_that_is_off_does_not() throws Exception {
        assertThat(kinds(SQLITE)).containsExactlyInAnyOrder("ConfigMap", "Service", "StatefulSet");
        assertThat(kinds(SQLITE_ALL))
                .containsExactlyInAnyOrder("ConfigMap", "Service", "StatefulSet", "ServiceMonitor", "PrometheusRule");
        assertThat(kinds(POSTGRESQL))
                .containsExactlyInAnyOrder("ConfigMap", "Service", "Deployment", "PodDisruptionBudget");
        assertThat(kinds(POSTGRESQL + "podDisruptionBudget: {enabled: false}\n"))
                .doesNotContain("PodDisruptionBudget");
        assertThat(kinds(POSTGRESQL.replace("replicas: 2", "replicas: 1"))).doesNotContain("PodDisruptionBudget");
    }

    /** Helm reads every number as a floating-point one, and writes a million as 1e+06 unless a template sees to it. */
    @Test
    void numbers_are_written_as_numbers() throws Exception {
        Manifests manifests = rendered(SQLITE + "  guard.max-deletions: 1000000\n  batch.linger: 2500000\n"
                + "  sweep.on-gap: false\n  salesforce.api-version: '64.0'\n");

        // In one block with the others.
        assertThat(manifests.properties())
                .contains(
                        "guard.max-deletions = 1000000\n",
                        "batch.linger = 2500000\n",
                        "sweep.on-gap = false\n",
                        "salesforce.api-version = 64.0\n");
        assertThat(rendered(SQLITE + "runAs: {user: 1000660000}\n")
                        .pod()
                        .at("/securityContext/runAsUser")
                        .longValue())
                .isEqualTo(1000660000L);
    }

    @Test
    void the_page_answers_to_the_names_of_its_service_and_to_those_that_are_named() throws Exception {
        assertThat(rendered(SQLITE + "page: {hosts: [sync.example]}\n").properties())
                .startsWith("ops.allowed-hosts = localhost,%1$s,%1$s.%2$s,%1$s.%2$s.svc,sync.example\n"
                        .formatted(NAME, Chart.NAMESPACE));
        assertThat(rendered(SQLITE)
                        .one("Service")
                        .at("/spec/publishNotReadyAddresses")
                        .booleanValue())
                .isTrue();
    }

    @Test
    void a_pod_is_unprivileged_stops_in_time_and_takes_no_variables_of_other_services() throws Exception {
        for (String values : List.of(SQLITE_ALL, POSTGRESQL_ALL)) {
            Manifests manifests = rendered(values);
            assertThat(manifests.pod().at("/enableServiceLinks").booleanValue()).isFalse();
            assertThat(manifests.pod().at("/enableServiceLinks").isBoolean()).isTrue();
            assertThat(manifests.pod().at("/automountServiceAccountToken").isBoolean())
                    .isTrue();
            assertThat(manifests.pod().at("/terminationGracePeriodSeconds").intValue())
                    .isEqualTo(60);
            assertThat(manifests.pod().at("/securityContext/runAsNonRoot").booleanValue())
                    .isTrue();
            JsonNode security = manifests.container().path("securityContext");
            assertThat(security.path("readOnlyRootFilesystem").booleanValue()).isTrue();
            assertThat(security.path("allowPrivilegeEscalation").isBoolean()).isTrue();
            assertThat(security.path("allowPrivilegeEscalation").booleanValue()).isFalse();
            assertThat(security.at("/capabilities/drop/0").asText()).isEqualTo("ALL");
        }
    }

    @Test
    void a_long_migration_fits_into_the_start_and_no_probe_of_life_asks_what_is_outside() throws Exception {
        JsonNode container = rendered(SQLITE + "startupSeconds: 3601\n").container();

        JsonNode startup = container.path("startupProbe");
        assertThat(startup.path("failureThreshold").intValue()
                        * startup.path("periodSeconds").intValue())
                .isBetween(3601, 3606);
        assertThat(startup.at("/httpGet/path").asText()).isEqualTo("/observe/health/live");
        assertThat(container.at("/livenessProbe/httpGet/path").asText()).isEqualTo("/observe/health/live");
        assertThat(container.at("/readinessProbe/httpGet/path").asText()).isEqualTo("/observe/health/ready");
        // Ready takes 4 s to answer when the database has gone.
        assertThat(container.at("/readinessProbe/timeoutSeconds").intValue()).isEqualTo(5);
    }

    @Test
    void probes_and_the_monitor_speak_tls_where_the_page_does() throws Exception {
        assertThat(rendered(SQLITE_ALL).container().findValuesAsText("scheme")).containsOnly("HTTP");
        Manifests manifests = rendered(switches().get("TLS of its own"));
        assertThat(manifests.container().findValuesAsText("scheme")).containsExactly("HTTPS", "HTTPS", "HTTPS");
        assertThat(manifests
                        .one("ServiceMonitor")
                        .at("/spec/endpoints/0/scheme")
                        .asText())
                .isEqualTo("https");
    }

    @Test
    void a_changed_setting_begins_new_pods_and_the_same_settings_do_not() throws Exception {
        String before = checksum(SQLITE);
        assertThat(checksum(SQLITE + "replicas: 0\n")).isEqualTo(before);
        assertThat(checksum(SQLITE + "  delivery.rate: 9\n")).isNotEqualTo(before);
    }

    @Test
    void the_image_is_named_by_tag_or_digest() throws Exception {
        assertThat(image("{repository: 'localhost:5000/sync', tag: '0.10'}")).isEqualTo("localhost:5000/sync:0.10");
        String digest = "sha256:" + "0".repeat(64);
        assertThat(image("{repository: r.example/sync, tag: '1', digest: '" + digest + "'}"))
                .isEqualTo("r.example/sync@" + digest);
        assertThat(Files.readAllLines(Chart.FOLDER.resolve("Chart.yaml")))
                .contains("appVersion: " + image("{repository: r.example/sync}").replaceFirst(".*:", ""));
    }

    /** Up to 53 characters and with dots, which the name of a Service may not have; nor may it begin with a digit. */
    @Test
    void every_name_of_a_release_gives_names_that_are_allowed() throws Exception {
        for (String release :
                List.of("a.b.c", "1st", "a", "x".repeat(53), "salesforce-talkdesk-sync", "x".repeat(51) + "-y")) {
            assertThat(ManifestFaults.of(chart.render(release, POSTGRESQL_ALL)))
                    .as(release)
                    .isEmpty();
        }
        assertThat(Manifests.of(chart.render("salesforce-talkdesk-sync", SQLITE))
                        .one("Service")
                        .at("/metadata/name")
                        .asText())
                .isEqualTo("salesforce-talkdesk-sync");
    }

    /** The rules are those of ops/, but for the job, which is the Service's name: two releases have one each. */
    @Test
    void the_alerts_are_those_of_ops_for_the_job_of_this_release() throws Exception {
        JsonNode rendered = rendered(SQLITE_ALL).one("PrometheusRule").path("spec");
        JsonNode ours = Manifests.of(Files.readString(Path.of("ops/alerts.yml")))
                .objects()
                .get(0);

        assertThat(rendered.findValuesAsText("alert")).hasSizeGreaterThan(5).isEqualTo(ours.findValuesAsText("alert"));
        assertThat(rendered.toString().replace("job=\\\"" + NAME, "job=\\\"salesforce-talkdesk-sync"))
                .isNotEqualTo(rendered.toString())
                .isEqualTo(ours.toString());
    }

    @Test
    void lint_has_nothing_to_say_and_the_package_is_whole() throws Exception {
        assertThat(chart.lint(SQLITE).getMessages()).noneMatch(line -> line.matches("(?s).*\\[(WARNING|ERROR)].*"));
        assertThat(chart.lint(SQLITE).isFailed()).isFalse();
        assertThat(chart.lint(SQLITE + "replicas: 2\n").isFailed()).isTrue();

        new Helm(Chart.FOLDER).packageIt().withDestination(folder).call();
        Path packed;
        try (Stream<Path> files = Files.list(folder)) {
            packed = files.filter(file -> file.toString().endsWith(".tgz"))
                    .findFirst()
                    .orElseThrow();
        }
        assertThat(Command.of(
                                "tar",
                                "--extract",
                                "--to-stdout",
                                "--file",
                                packed.toString(),
                                "salesforce-talkdesk-sync/alerts.yml")
                        .run())
                .isEqualTo(Files.readString(Path.of("ops/alerts.yml")));
    }

    // ---- what Helm refuses

    @Test
    void what_is_misspelt_of_the_wrong_type_or_does_not_go_together_is_refused_with_its_name() {
        refused(SQLITE + "replica: 1\n", "replica");
        refused(SQLITE + "replicas: '1'\n", "/replicas", "got string, want integer");
        refused(SQLITE + "replicas: 1.5\n", "/replicas");
        refused(SQLITE + "replicas: 2\n", "/replicas");
        refused(SQLITE + "database: mysql\n", "/database");
        refused(SQLITE + "database: postgresql\n", "store.url");
        refused(SQLITE + "  store.url: jdbc:postgresql://a/b\n", "store.url");
        refused(POSTGRESQL.replace("jdbc:postgresql://a,b/", "jdbc:sqlite:./"), "store.url");
        refused(SQLITE.replace("image: {repository: registry.example/sync}", ""), "/image/repository");
        refused(SQLITE.replace("repository:", "repo:"), "repo");
        refused(SQLITE + "podDisruptionBudget: {maxUnavailable: 0}\n", "/podDisruptionBudget/maxUnavailable");
        refused(SQLITE + "serviceMonitor: {interval: 30}\n", "/serviceMonitor/interval");
        refused(SQLITE + "resources: {limits: {memroy: 1Gi}}\n", "memroy");
        refused(SQLITE + "resources: {limits: {memory: 1GB}}\n", "/resources/limits/memory");
        refused(SQLITE + "files: [{path: /keys}]\n", "/files/0");
        refused(SQLITE + "files: [{path: /keys, secret: a, configMap: b}]\n", "/files/0");
        refused(SQLITE + "runAs: {user: 0}\n", "/runAs/user");
        refused(SQLITE + "nodeSelector: {gpu: true}\n", "/nodeSelector/gpu");
        // The keys of the service, each with its type.
        refused(SQLITE + "  delivery.rat: 5\n", "delivery.rat");
        refused(SQLITE + "  delivery.rate: 5000\n", "delivery.rate");
        refused(SQLITE + "  salesforce.api-version: 64.0\n", "salesforce.api-version");
        refused(SQLITE + "  reconcile.schedule: off\n", "reconcile.schedule");
        refused(SQLITE + "  talkdesk.scope: \"a\\nops.host = b\"\n", "talkdesk.scope");
        refused(SQLITE + "  ops.port: 80\n", "ops.port");
        refused(SQLITE.replace("  talkdesk.client-id: an-id\n", ""), "talkdesk.client-id");
        refused(SQLITE.replace("secrets:", "secrets:\n  talkdesk.secret: {name: a, key: b}"), "talkdesk.secret");
        refused(SQLITE.replace("key: page}", "key: page, value: x}"), "value");
        refused(
                SQLITE.replace("secrets:", "secrets:\n  delivery.rate: {name: a, key: b}") + "  delivery.rate: 1\n",
                "delivery.rate is in settings and in secrets");
    }

    /** Of a secret the chart takes a reference, or the name of a file that it is in. */
    @Test
    void no_secret_is_a_value_of_the_chart() throws Exception {
        List<Key<?>> secrets = Keys.all().stream().filter(Key::isSecret).toList();
        assertThat(secrets).hasSizeGreaterThan(5);
        for (Key<?> secret : secrets) {
            refused(SQLITE + "  " + secret.name() + ": hunter2\n", secret.name());
        }

        Manifests manifests =
                rendered(POSTGRESQL.replace("database:", "  ledger.phone-key.file: /keys/phone\ndatabase:"));
        assertThat(manifests.properties()).contains("ledger.phone-key.file = /keys/phone\n");
        assertThat(variables(manifests).keySet())
                .containsExactlyInAnyOrder(
                        "OPS_HOST",
                        "OPS_PASSWORD",
                        "SALESFORCE_CLIENT_SECRET",
                        "STORE_PASSWORD",
                        "TALKDESK_CLIENT_SECRET");
        for (JsonNode variable : manifests.container().path("env")) {
            assertThat(variable.has("value"))
                    .as(variable.toString())
                    .isEqualTo(variable.path("name").asText().equals("OPS_HOST"));
        }
    }

    // ---- whether the checks find anything

    @Test
    void every_field_that_is_misspelt_or_has_another_type_is_found() throws Exception {
        List<String> notFound = new ArrayList<>();
        int tried = 0;
        for (String values : List.of(SQLITE_ALL, POSTGRESQL_ALL)) {
            Manifests manifests = rendered(values);
            for (int i = 0; i < manifests.objects().size(); i++) {
                for (JsonPointer field : fields(manifests.objects().get(i))) {
                    String at = manifests.objects().get(i).path("kind").asText() + " " + field;
                    if (manifests.objects().get(i).at(field.head()).isObject()) {
                        tried++;
                        if (isFound(manifests, i, field, true)
                                        == FREE_NAME.matcher(at).matches()
                                && !isSelected(field)) {
                            notFound.add("misspelt: " + at);
                        }
                    }
                    tried++;
                    if (!isFound(manifests, i, field, false)
                            && !FREE_TYPE.matcher(at).matches()) {
                        notFound.add("another type: " + at);
                    }
                }
            }
        }

        assertThat(notFound).isEmpty();
        assertThat(tried).isGreaterThan(800);
    }

    /** Labels that something selects by are missed. */
    private static boolean isSelected(JsonPointer field) {
        return field.toString().matches(".*/app\\.kubernetes\\.io~1(name|instance)");
    }

    private static List<JsonPointer> fields(JsonNode object) {
        List<JsonPointer> found = new ArrayList<>();
        walk(object, JsonPointer.empty(), found);
        return found;
    }

    private static void walk(JsonNode node, JsonPointer at, List<JsonPointer> found) {
        if (!at.matches()) {
            found.add(at);
        }
        node.properties().forEach(child -> walk(child.getValue(), at.appendProperty(child.getKey()), found));
        if (node.isArray()) {
            for (int i = 0; i < node.size(); i++) {
                walk(node.get(i), at.appendIndex(i), found);
            }
        }
    }

    private static boolean isFound(Manifests right, int object, JsonPointer field, boolean misspelt) {
        List<JsonNode> objects = new ArrayList<>(right.objects());
        JsonNode changed = objects.get(object).deepCopy();
        objects.set(object, changed);
        JsonNode parent = changed.at(field.head());
        JsonNode value = changed.at(field);
        String name = field.last().getMatchingProperty();
        if (misspelt) {
            ((ObjectNode) parent).remove(name);
            ((ObjectNode) parent).set(name + "x", value);
        } else if (parent.isObject()) {
            ((ObjectNode) parent).set(name, another(value));
        } else {
            ((ArrayNode) parent).set(field.last().getMatchingIndex(), another(value));
        }
        return !ManifestFaults.withoutRules(new Manifests("", objects)).isEmpty()
                || Manifests.is(changed, "PrometheusRule")
                        && !ManifestFaults.rules(changed).isEmpty();
    }

    private static JsonNode another(JsonNode value) {
        if (value.isTextual()) {
            return IntNode.valueOf(7);
        }
        return value.isValueNode()
                ? TextNode.valueOf(value.asText())
                : value.isArray()
                        ? JsonNodeFactory.instance.objectNode()
                        : JsonNodeFactory.instance.arrayNode().add(value);
    }

    /** What is spelt well and of the right type, and wrong. */
    record Planted(String check, String from, String to) {}

    static Stream<Planted> planted() {
        return Stream.of(
                new Planted("types", "apiVersion: policy/v1\n", "apiVersion: policy/v1beta1\n"),
                new Planted("types", "kind: ConfigMap", "kind: ConfigMaps"),
                new Planted("types", "containerPort: 8080", "containerPort: '8080'"),
                new Planted("types", "periodSeconds: 5", "periodSeconds: 5.5"),
                new Planted("types", "runAsNonRoot: true", "runAsNonRoot: 'yes'"),
                new Planted("types", "defaultMode: 288", "defaultMode: '0440'"),
                new Planted("types", "value: \"0.0.0.0\"", "value: 0.5"),
                new Planted("needed", "- name: sync\n", "- x-name: sync\n"),
                new Planted(
                        "needed",
                        "      targetPort: http\n      protocol: TCP",
                        "      targetPort: http\n      protocl: TCP"),
                new Planted("yaml", "value: \"0.0.0.0\"", "value: on"),
                new Planted(
                        "yaml",
                        "enableServiceLinks: false",
                        "enableServiceLinks: false\n      enableServiceLinks: false"),
                new Planted("rules", "for: 2m", "for: 2 minutes"),
                new Planted("rules", "histogram_quantile(0.95", "histogram_quantil(0.95"),
                new Planted("rules", "{{ $labels.kind }}", "{{ $label.kind }}"),
                new Planted("rules", "severity: critical", "severity-x: critical"),
                new Planted("relations", "live\n              port: http\n", "live\n              port: htp\n"),
                new Planted("relations", "targetPort: http", "targetPort: metrics"),
                new Planted("relations", "- port: http\n", "- port: metrics\n"),
                new Planted("relations", "containerPort: 8080", "containerPort: 80800"),
                new Planted("relations", "type: Recreate", "type: RollingUpdate"),
                new Planted("relations", "type: Recreate", "type: Recreate\n    rollingUpdate: {maxSurge: 1}"),
                new Planted("relations", "maxUnavailable: 1", "maxUnavailable: 0"),
                new Planted("relations", "maxUnavailable: 1", "maxUnavailable: 0%"),
                new Planted("relations", "maxUnavailable: 1", "minAvailable: 2"),
                new Planted("relations", "AlwaysAllow", "AlwaysAllowed"),
                new Planted("relations", "imagePullPolicy: \"IfNotPresent\"", "imagePullPolicy: \"IfAbsent\""),
                new Planted("relations", "protocol: TCP", "protocol: HTTP"),
                new Planted(
                        "relations", "- name: data\n              mountPath", "- name: date\n              mountPath"),
                new Planted("relations", "mountPath: /data", "mountPath: data"),
                new Planted("relations", "subPath: application.properties", "subPath: application.yml"),
                new Planted("relations", "            name: \"" + NAME + "\"", "            name: \"" + NAME + "-2\""),
                new Planted("relations", "\"memory\":\"384Mi\"", "\"memory\":\"384MB\""),
                new Planted("relations", "\"memory\":\"384Mi\"", "\"ram\":\"384Mi\""),
                new Planted("relations", "interval: \"30s\"", "interval: \"30 s\""),
                new Planted("relations", "job=\"" + NAME, "job=\"sync"),
                new Planted("relations", "/observe/metrics", "/metrics"),
                new Planted("relations", "name: OPS_HOST", "name: OPS-HOST"),
                new Planted("relations", "name: \"OPS_PASSWORD\"", "name: \"STORE_PASSWORD\""),
                new Planted("relations", "app.kubernetes.io/version: \"", "app.kubernetes.io/version: \"a b"),
                new Planted("relations", "whenUnsatisfiable: ScheduleAnyway", "whenUnsatisfiable: Schedule"),
                new Planted("relations", "metadata:\n  name: \"" + NAME, "metadata:\n  name: \"a.b"));
    }

    @ParameterizedTest
    @MethodSource
    void planted(Planted fault) throws Exception {
        String right = chart.render(RELEASE, POSTGRESQL_ALL);
        assertThat(right).contains(fault.from());

        assertThat(ManifestFaults.of(right.replace(fault.from(), fault.to())))
                .anyMatch(found -> found.startsWith(fault.check() + ": "));
    }

    /** Of a StatefulSet alone. */
    @Test
    void a_stateful_set_without_its_service_or_its_volume_is_found() throws Exception {
        String right = chart.render(RELEASE, SQLITE_ALL);
        for (Planted fault : List.of(
                new Planted("relations", "serviceName: \"" + NAME, "serviceName: \"sync"),
                new Planted("relations", "        name: data\n", "        name: date\n"),
                new Planted("relations", "storage: \"2Gi\"", "storage: \"2GB\""))) {
            assertThat(right).contains(fault.from());
            assertThat(ManifestFaults.of(right.replace(fault.from(), fault.to())))
                    .as(fault.toString())
                    .anyMatch(found -> found.startsWith(fault.check() + ": "));
        }
    }

    // ---- the service itself

    @Test
    void the_service_knows_every_key_that_is_rendered() throws Exception {
        Set<String> environment = Keys.all().stream().map(Key::environmentName).collect(Collectors.toSet());
        for (String values : switches().values()) {
            Manifests manifests = rendered(values);
            assertThat(keys(manifests.properties())).contains("ops.allowed-hosts", "talkdesk.record-lists");
            assertThat(Keys.names()).containsAll(keys(manifests.properties()));
            assertThat(variables(manifests).keySet().stream().filter(name -> !name.equals("JAVA_OPTS")))
                    .contains("OPS_HOST", "SALESFORCE_CLIENT_SECRET")
                    .allMatch(environment::contains);
        }
    }

    /** The file as it is mounted, and the variables as the cluster sets them. */
    @Test
    void the_service_takes_what_is_rendered() throws Exception {
        Path home = Installation.unzip(Files.createDirectory(folder.resolve("installed")));
        Path routes = Files.createDirectory(folder.resolve("routes"));
        Path file = folder.resolve("application.properties");
        for (String values :
                List.of(SQLITE, POSTGRESQL, SQLITE + "  guard.max-deletions: 1000000\n  hold.window: 1h\n")) {
            Manifests manifests = rendered(values);
            Files.writeString(file, manifests.properties());
            assertThat(configCheck(home, file, routes, variables(manifests)).said())
                    .startsWith("The configuration is right: " + file);
        }

        Files.writeString(file, rendered(SQLITE).properties().replace("talkdesk.client-id", "talkdesk.client-ids"));
        Command.Ended wrong = configCheck(home, file, routes, variables(rendered(SQLITE)));
        assertThat(wrong.exitCode()).isEqualTo(1);
        assertThat(wrong.said()).contains("unknown key talkdesk.client-ids");
    }

    private static Command.Ended configCheck(Path home, Path file, Path routes, Map<String, String> variables) {
        List<String> words = new ArrayList<>(List.of(
                "env",
                "--ignore-environment",
                "PATH=" + Path.of(System.getProperty("java.home"), "bin") + ":/usr/bin:/bin",
                "RECORDSYNC_CONFIG=" + file,
                "RECORDSYNC_SITE_ROUTES=" + routes,
                "RECORDSYNC_DATA=" + file.resolveSibling("data")));
        variables.forEach((name, value) -> words.add(name + "=" + value));
        words.addAll(List.of(home.resolve("bin/salesforce-talkdesk-sync").toString(), "config", "check"));
        return new Command(words).tryRun();
    }

    /** What comes with the checks must not decide which version of a library is shipped; Maven looks at no scope when it chooses. */
    @Test
    void the_package_has_the_libraries_that_a_build_without_the_checks_has() throws Exception {
        Path list = folder.resolve("class-path");
        Command.of(
                        "mvn",
                        "--offline",
                        "--quiet",
                        "-Dmaven.repo.local=" + System.getProperty("local.repository"),
                        "dependency:build-classpath",
                        "-DincludeScope=runtime",
                        "-Dmdep.outputFile=" + list)
                .run();
        Set<String> without = Stream.of(Files.readString(list).strip().split(":"))
                .map(jar -> Path.of(jar).getFileName().toString())
                .collect(Collectors.toCollection(TreeSet::new));
        try (Stream<Path> files = Files.list(Path.of("target/lib"))) {
            assertThat(files.map(jar -> jar.getFileName().toString())
                            .filter(jar -> jar.endsWith(".jar") && !jar.startsWith("salesforce-talkdesk-sync")))
                    .containsExactlyInAnyOrderElementsOf(without);
        }
    }

    // ----

    private Manifests rendered(String values) throws IOException {
        return Manifests.of(chart.render(RELEASE, values));
    }

    private List<String> kinds(String values) throws IOException {
        return rendered(values).objects().stream()
                .map(object -> object.path("kind").asText())
                .toList();
    }

    private String image(String values) throws IOException {
        return rendered(SQLITE.replace("{repository: registry.example/sync}", values))
                .container()
                .path("image")
                .asText();
    }

    private String checksum(String values) throws IOException {
        return rendered(values)
                .workload()
                .at("/spec/template/metadata/annotations/checksum~1settings")
                .asText();
    }

    private void refused(String values, String... words) {
        assertThatThrownBy(() -> chart.render(RELEASE, values))
                .as(values)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll(words);
    }

    /** A secret's is made up. */
    private static Map<String, String> variables(Manifests manifests) {
        Map<String, String> variables = new LinkedHashMap<>();
        for (JsonNode variable : manifests.container().path("env")) {
            variables.put(variable.path("name").asText(), variable.path("value").asText("a-secret"));
        }
        return variables;
    }

    private static List<String> keys(String properties) {
        return properties
                .lines()
                .map(line -> line.substring(0, line.indexOf(" = ")))
                .toList();
    }
}
