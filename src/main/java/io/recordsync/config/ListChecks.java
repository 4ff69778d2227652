package io.recordsync.config;

import io.recordsync.deletion.ListRules;
import io.recordsync.deletion.ListRules.Bound;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The checks of which record lists are served. */
final class ListChecks {

    private ListChecks() {}

    static List<String> mistakes(Reading reading, ListRules rules) {
        List<String> mistakes = new ArrayList<>();
        boolean readable = reading.find(ListKeys.IDS).isPresent()
                && reading.find(ListKeys.MATCHING).isPresent();
        if (readable && rules.ids().isEmpty() && !rules.namesLists()) {
            mistakes.add("%s is missing: expected %s, or names in %s; set it in the configuration file or as %s"
                    .formatted(
                            ListKeys.IDS.name(),
                            ListKeys.IDS.form().expected(),
                            ListKeys.MATCHING.name(),
                            ListKeys.IDS.environmentName()));
        }
        rules.bound().forEach((entity, bound) -> bound.ids().stream()
                .filter(rules.unbound()::contains)
                .forEach(id -> mistakes.add("%s%s names record list %s, and so does %s: expected one of them"
                        .formatted(ListBindings.PREFIX, entity, id, reading.named(ListKeys.IDS)))));
        if (!reading.isSetByHand(ListKeys.MOST)) {
            everything(rules)
                    .forEach(pattern -> mistakes.add(
                            "%s matches every record list there is, also those of others: expected a part of the names; or, if every one is"
                                            .formatted(pattern)
                                    + " meant, %s set by hand".formatted(ListKeys.MOST.name())));
        }
        return mistakes;
    }

    private static Stream<String> everything(ListRules rules) {
        Stream<String> unbound = rules.patterns().stream()
                .filter(ListChecks::isEverything)
                .map(pattern -> ListKeys.MATCHING.name() + " = " + pattern);
        return Stream.concat(unbound, rules.bound().entrySet().stream().flatMap(ListChecks::everything));
    }

    private static Stream<String> everything(Map.Entry<String, Bound> bound) {
        return bound.getValue().patterns().stream()
                .filter(ListChecks::isEverything)
                .map(pattern -> ListBindings.PREFIX + bound.getKey() + " = " + pattern);
    }

    private static boolean isEverything(String pattern) {
        return pattern.chars().allMatch(c -> c == '*' || c == '?') && pattern.indexOf('*') >= 0;
    }
}
