package io.recordsync.inbox;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What of the configuration has to be the same in every process of a database, as the row of a session keeps it: a value for
 * each key, of a secret a keyed digest. Immutable.
 */
public record Fingerprint(SortedMap<String, String> settings) {

    /** The key whose value is the served lists, comma-separated. */
    public static final String RECORD_LISTS = "talkdesk.record-lists";
    /** Of a process that does not say: an older release. */
    public static final Fingerprint NONE = new Fingerprint(new TreeMap<>());

    private static final String SEALED = "sealed:";
    /** Enough to tell two apart. */
    private static final int SEAL_LENGTH = 21;

    public Fingerprint {
        settings = Collections.unmodifiableSortedMap(new TreeMap<>(settings));
    }

    /** Nobody can read the secret from it, nor is it ever shown. */
    public static String sealed(String secret) {
        return SEALED
                + (secret.isEmpty()
                        ? ""
                        : new PhoneSeal(secret).of("fingerprint").substring(0, SEAL_LENGTH));
    }

    /** A key of which two processes hold different values; both are null for a secret. */
    public record Difference(String key, String here, String there) {

        static final Comparator<Difference> ORDER =
                Comparator.comparing(Difference::key).thenComparing(difference -> String.valueOf(difference.there()));
    }

    /** In the order of keys; a key that only one of them knows is no difference: that is another release. */
    List<Difference> from(Fingerprint other) {
        List<Difference> differences = new ArrayList<>();
        for (Map.Entry<String, String> setting : settings.entrySet()) {
            String there = other.settings.get(setting.getKey());
            if (there != null && !there.equals(setting.getValue())) {
                boolean secret = setting.getValue().startsWith(SEALED);
                differences.add(
                        new Difference(setting.getKey(), secret ? null : setting.getValue(), secret ? null : there));
            }
        }
        return differences;
    }

    /** Empty also where it does not say. */
    Set<String> recordLists() {
        Set<String> lists =
                new TreeSet<>(List.of(settings.getOrDefault(RECORD_LISTS, "").split(",")));
        lists.remove("");
        return lists;
    }

    /** A line for each key. */
    String text() {
        StringBuilder text = new StringBuilder();
        settings.forEach((key, value) -> text.append(key)
                .append('=')
                .append(value.replaceAll("\\R", " "))
                .append('\n'));
        return text.toString();
    }

    static Fingerprint parse(String text) {
        SortedMap<String, String> settings = new TreeMap<>();
        text.lines().filter(line -> line.indexOf('=') > 0).forEach(line -> {
            int sign = line.indexOf('=');
            settings.put(line.substring(0, sign), line.substring(sign + 1));
        });
        return settings.isEmpty() ? NONE : new Fingerprint(settings);
    }
}
