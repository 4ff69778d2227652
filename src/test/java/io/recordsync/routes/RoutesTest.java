package io.recordsync.routes;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.TestSettings;
import io.recordsync.Wiring;
import io.recordsync.delivery.Verdict;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The form of the route files, so that each can be read and changed without knowing Camel's abbreviations. */
class RoutesTest {

    private static final Set<String> TOP_LEVEL = Set.of("route", "routeConfiguration");
    /** What holds an expression: in the canonical form each of these is a map, never a bare string. */
    private static final Set<String> LANGUAGES = Set.of("simple", "constant", "method", "jsonpath", "header");

    private record Named(Path file, Map<?, ?> definition) {

        String id() {
            return String.valueOf(definition.get("id"));
        }

        String uri() {
            return definition.get("from") instanceof Map<?, ?> from ? String.valueOf(from.get("uri")) : "";
        }
    }

    @Test
    void every_file_holds_routes_and_route_configurations_in_the_canonical_form_and_no_beans() {
        for (Path file : files()) {
            for (Object item : parsed(file)) {
                assertThat(item).as("%s", file).isInstanceOf(Map.class);
                assertThat(((Map<?, ?>) item).keySet())
                        .as("%s", file)
                        .singleElement()
                        .isIn(TOP_LEVEL);
                assertCanonical(file, item);
            }
        }
    }

    @Test
    void every_route_has_an_id_in_kebab_case_and_a_description() {
        assertThat(routes()).hasSizeGreaterThan(10).allSatisfy(route -> {
            assertThat(route.id()).as("%s", route.file()).matches("[a-z]+(-[a-z]+)*");
            assertThat(String.valueOf(route.definition().get("description")))
                    .as("description of %s", route.id())
                    .endsWith(".")
                    .hasSizeGreaterThan(5);
        });
        assertThat(routes()).extracting(Named::id).doesNotHaveDuplicates();
    }

    @Test
    void a_direct_endpoint_bears_the_id_of_its_route_and_each_that_is_called_is_there() {
        List<String> consumed = new ArrayList<>();
        for (Named route : routes()) {
            if (route.uri().matches("(direct|seda|scheduler):.*")) {
                assertThat(route.uri()).endsWith(":" + route.id());
                consumed.add(route.uri());
            }
        }
        Matcher called = Pattern.compile("uri: \"?((direct|seda):[a-z-]+)").matcher(text(files()));
        while (called.find()) {
            assertThat(consumed).contains(called.group(1));
        }
    }

    /** Each of its threads sleeps for a poll's time-out when it looks while the context starts: a second where nothing is said. */
    @Test
    void the_consumers_of_a_queue_do_not_sleep_through_the_start() {
        assertThat(routes())
                .filteredOn(route -> route.uri().startsWith("seda:"))
                .isNotEmpty()
                .allSatisfy(route -> assertThat(
                                ((Map<?, ?>) ((Map<?, ?>) route.definition().get("from")).get("parameters"))
                                        .get("pollTimeout"))
                        .as("%s", route.id())
                        .asInstanceOf(InstanceOfAssertFactories.INTEGER)
                        .isBetween(100, 500));
    }

    @Test
    void every_bean_that_a_route_calls_is_wired_with_that_method(@TempDir Path folder) {
        Matcher call = Pattern.compile("(?:bean|method):\\s+ref: (\\S+)\\s+method: \"?(\\w+)")
                .matcher(text(files()));
        int calls = 0;
        try (Wiring wiring = Wiring.ofService(TestSettings.in(folder))) {
            while (call.find()) {
                Object bean = wiring.beans().get(call.group(1));
                assertThat(bean).as(call.group(1)).isNotNull();
                assertThat(bean.getClass().getMethods()).as("%s", call.group(1)).anyMatch(method -> method.getName()
                        .equals(call.group(2)));
                calls++;
            }
        }
        assertThat(calls).isGreaterThan(20);
    }

    /** What needs more is a named method of a bean, so that a route can be read aloud. */
    @Test
    void a_condition_is_one_word() {
        List<String> conditions =
                files().stream().flatMap(file -> conditions(parsed(file))).toList();

        assertThat(conditions).hasSizeGreaterThan(20).allSatisfy(condition -> assertThat(condition)
                .doesNotContain("&&", "||", "bean:", "{{"));
    }

    @Test
    void each_verdict_has_its_branch() {
        String applied = text(List.of(Path.of("routes/apply-verdict.camel.yaml")));

        assertThat(Verdict.values()).allSatisfy(verdict -> assertThat(applied)
                .containsOnlyOnce("\"${exchangeProperty.verdict} == '" + verdict + "'\""));
    }

    /** Those that any dialler is delivered to by. */
    @ParameterizedTest
    @ValueSource(strings = {"routes/deliver-deletions.camel.yaml", "routes/apply-verdict.camel.yaml"})
    void the_routes_of_the_delivery_name_no_dialler(String file) {
        assertThat(text(List.of(Path.of(file)))).doesNotContainIgnoringCase("talkdesk", "http");
    }

    @Test
    void java_names_no_route() {
        String java = text(sources());

        assertThat(java).doesNotContainPattern("\"(direct|seda):");
        assertThat(routes()).filteredOn(route -> route.id().contains("-")).allSatisfy(route -> assertThat(java)
                .doesNotContain('"' + route.id() + '"'));
    }

    private static void assertCanonical(Path file, Object node) {
        if (node instanceof List<?> list) {
            list.forEach(item -> assertCanonical(file, item));
        } else if (node instanceof Map<?, ?> map) {
            map.forEach((key, value) -> {
                if (LANGUAGES.contains(key) && !(map.containsKey("ref") || map.containsKey("beanType"))) {
                    assertThat(value).as("%s in %s", key, file).isInstanceOf(Map.class);
                }
                if (key.equals("steps")) {
                    for (Object step : (List<?>) value) {
                        assertThat(((Map<?, ?>) step).values())
                                .as("step %s in %s", step, file)
                                .singleElement()
                                .isInstanceOf(Map.class);
                    }
                }
                assertThat(String.valueOf(key)).as("%s", file).matches("[A-Za-z0-9]+");
                assertCanonical(file, value);
            });
        }
    }

    /** What is asked by each {@code when}, {@code filter} and {@code loop} in it. */
    private static Stream<String> conditions(Object node) {
        if (node instanceof List<?> list) {
            return list.stream().flatMap(RoutesTest::conditions);
        }
        if (!(node instanceof Map<?, ?> map)) {
            return Stream.empty();
        }
        Stream<String> own = map.entrySet().stream()
                .filter(entry -> Set.of("when", "filter", "loop").contains(entry.getKey()))
                .flatMap(entry ->
                        entry.getValue() instanceof List<?> whens ? whens.stream() : Stream.of(entry.getValue()))
                .map(asked -> String.valueOf(((Map<?, ?>) asked).get("simple")));
        return Stream.concat(own, map.values().stream().flatMap(RoutesTest::conditions));
    }

    private static List<Named> routes() {
        List<Named> routes = new ArrayList<>();
        for (Path file : files()) {
            for (Object item : parsed(file)) {
                if (((Map<?, ?>) item).get("route") instanceof Map<?, ?> route) {
                    routes.add(new Named(file, route));
                }
            }
        }
        return routes;
    }

    private static List<?> parsed(Path file) {
        return (List<?>) new Load(LoadSettings.builder().build()).loadFromString(text(List.of(file)));
    }

    private static List<Path> files() {
        return filesUnder("routes", ".yaml");
    }

    private static List<Path> sources() {
        return filesUnder("src/main/java", ".java");
    }

    private static List<Path> filesUnder(String folder, String ending) {
        try (Stream<Path> files = Files.walk(Path.of(folder))) {
            return files.filter(file -> file.toString().endsWith(ending)).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(List<Path> files) {
        StringBuilder text = new StringBuilder();
        for (Path file : files) {
            try {
                text.append(Files.readString(file)).append('\n');
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return text.toString();
    }
}
