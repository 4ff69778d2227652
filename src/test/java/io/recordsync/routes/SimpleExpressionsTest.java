package io.recordsync.routes;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * That Camel 4.18 and 4.22 both load what the routes ask in Simple. {@code … && ${bean:gate.isOpen}} is a predicate to 4.18 and a
 * syntax error to 4.22, which wants a comparison on either side: {@code … && ${bean:gate.isOpen} == true}.
 */
class SimpleExpressionsTest {

    private static final Pattern AND_OR = Pattern.compile("&&|\\|\\|");
    /** A function, with functions within it, or a word. */
    private static final Pattern LONE = Pattern.compile("!?\\s*(\\$\\{([^{}]|\\$\\{[^{}]*})*}|\\w+)");

    @Test
    void no_route_joins_a_lone_boolean_to_a_condition() {
        int read = 0;
        for (Path file : RouteYaml.files()) {
            List<String> expressions = expressions(RouteYaml.parsed(file)).toList();
            read += expressions.size();
            assertThat(expressions).as("%s", file).noneMatch(SimpleExpressionsTest::joinsLoneBoolean);
        }
        assertThat(read).isGreaterThan(50);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "${body} == 'x' && ${bean:gate.isOpen}",
                "${body} == 'x' || ${exchangeProperty.complete} ",
                "${bean:gate.isOpen} && ${body} == 'x'",
                "${body} == 'x' && true",
                "${body} == 'x' && ${bean:gate.isOpen(${body})}"
            })
    void a_lone_boolean_is_found(String expression) {
        String route =
                "- route:\n    from:\n      uri: direct:one\n      steps:\n        - filter:\n            simple:\n"
                        + "              expression: \"" + expression + "\"\n";

        assertThat(expressions(RouteYaml.parsed(route))).anyMatch(SimpleExpressionsTest::joinsLoneBoolean);
        assertThat(expressions(RouteYaml.parsed(route.replace("simple:\n              expression:", "simple:"))))
                .anyMatch(SimpleExpressionsTest::joinsLoneBoolean);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "${exchangeProperty.complete}",
                "${body} == 'x' && ${bean:gate.isOpen} == true",
                "${body} > 0 || ${header.a} contains 'b'"
            })
    void what_both_load_is_let_through(String expression) {
        assertThat(joinsLoneBoolean(expression)).isFalse();
    }

    private static boolean joinsLoneBoolean(String expression) {
        String[] operands = AND_OR.split(expression);
        return operands.length > 1
                && Stream.of(operands)
                        .anyMatch(operand -> LONE.matcher(operand.strip()).matches());
    }

    /** Every text that Camel reads as Simple: where the language is named, and what a log line and a bean's method are given. */
    private static Stream<String> expressions(Object node) {
        if (node instanceof List<?> list) {
            return list.stream().flatMap(SimpleExpressionsTest::expressions);
        }
        if (!(node instanceof Map<?, ?> map)) {
            return Stream.empty();
        }
        List<Stream<String>> found = new ArrayList<>();
        map.forEach((key, value) -> {
            if (value instanceof String text
                    && List.of("simple", "message", "method").contains(key)) {
                found.add(Stream.of(text));
            } else if (key.equals("simple") && value instanceof Map<?, ?> simple) {
                found.add(Stream.of(String.valueOf(simple.get("expression"))));
            } else {
                found.add(expressions(value));
            }
        });
        return found.stream().flatMap(texts -> texts);
    }
}
