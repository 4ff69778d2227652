package io.recordsync.config;

import io.recordsync.config.Key.Condition;
import io.recordsync.config.Key.Group;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The words that {@link Keys} is written in, and the keys that were entered so far. */
final class Table {

    private static final List<Key<?>> ENTERED = new ArrayList<>();

    private Table() {}

    /** By group, and within it in the order of their entry. */
    static List<Key<?>> entered() {
        return Collections.unmodifiableList(ENTERED);
    }

    static <T> Key<T> essential(String name, Form<T> form, String meaning) {
        return enter(name, Group.ESSENTIAL, null, form, null, meaning);
    }

    static <T> Key<T> essential(String name, Form<T> form, Condition condition, String meaning) {
        return enter(name, Group.ESSENTIAL, null, form, condition, meaning);
    }

    /** It may be left empty where another key says what it would. */
    static <T> Key<T> essentialOrEmpty(String name, Form<T> form, String meaning) {
        return enter(name, Group.ESSENTIAL, "", form, null, meaning);
    }

    static <T> Key<T> often(String name, String defaultText, Form<T> form, String meaning) {
        return enter(name, Group.OFTEN_TUNED, defaultText, form, null, meaning);
    }

    static <T> Key<T> rarely(String name, String defaultText, Form<T> form, String meaning) {
        return enter(name, Group.RARELY_TOUCHED, defaultText, form, null, meaning);
    }

    /** It has no default, and must be set where the condition holds. */
    static <T> Key<T> rarely(String name, Form<T> form, Condition condition, String meaning) {
        return enter(name, Group.RARELY_TOUCHED, null, form, condition, meaning);
    }

    private static <T> Key<T> enter(
            String name, Group group, String defaultText, Form<T> form, Condition condition, String meaning) {
        Key<T> key = new Key<>(name, group, form, defaultText, condition, meaning);
        // Behind those of its group: some enter together with others.
        int at = ENTERED.size();
        while (at > 0 && ENTERED.get(at - 1).group().compareTo(group) > 0) {
            at--;
        }
        ENTERED.add(at, key);
        return key;
    }
}
