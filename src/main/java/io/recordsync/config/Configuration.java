package io.recordsync.config;

import io.recordsync.config.Value.Source;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * The configuration as it stands: what the environment, system properties and files say, and the defaults. Thread-safe.
 *
 * <p>Each value is taken as it was written: no locale, escape or placeholder touches it. The environment wins over the JVM's system
 * properties, and those over files. In a Camel runtime other than the service's own (Spring Boot, Quarkus) the runtime's own
 * properties are asked, key by key.
 */
public final class Configuration {

    private static final Pattern PLACEHOLDER = Pattern.compile("(?s).*\\{\\{.+}}.*");

    private final Map<String, Value> values = new LinkedHashMap<>();
    /** What else is set anywhere: Camel's own keys, those of an operator's routes, and misspelt ones. */
    private final Set<String> others = new TreeSet<>();

    private final List<String> mistakes = new ArrayList<>();
    private final List<String> notices = new ArrayList<>();
    private final boolean unreadable;
    private final ListBindings listBindings;

    /** Made when it is first asked for: a command that needs few keys reads no more. */
    private Reading reading;

    private Configuration(Sources sources, ConfigurationFile file, Set<String> names) {
        unreadable = file.isUnreadable();
        mistakes.addAll(file.mistakes());
        notices.addAll(file.notices());
        for (Key<?> key : Keys.all()) {
            Value value = key.isSecret() ? secret(key, sources) : text(key, sources);
            values.put(key.name(), value);
            if (key.isSecret()) {
                notices.addAll(oddities(value));
            }
        }
        Set<String> listed = new TreeSet<>(names);
        listed.addAll(file.names());
        listBindings = new ListBindings(sources, listed, value(Keys.SALESFORCE_ENTITIES.name()));
        sources.environment().forEach((variable, value) -> UnknownKeys.notice(variable, value)
                .ifPresent(notices::add));
        names.stream()
                .filter(name -> !Keys.isOurs(name) && !sources.isVariable(name))
                .forEach(others::add);
        others.addAll(file.others().keySet());
    }

    /** For a command: without a service. */
    public static Configuration read() {
        return read(ConfigurationFile.read());
    }

    /** Likewise, of a file that is read already. */
    public static Configuration read(ConfigurationFile file) {
        return of(Environment.ofProcess(), System::getProperty, file);
    }

    static Configuration of(Map<String, String> environment, UnaryOperator<String> system, ConfigurationFile file) {
        return new Configuration(new Sources(environment, system, name -> null, false, file), file, Set.of());
    }

    /**
     * In a runtime, once all its properties are in place.
     *
     * @param host the runtime's properties by name, as they are written; null where there is none
     * @param names of those that the runtime can list
     * @param hostFirst whether the runtime's properties win over the environment
     * @param file the service's own; an empty one in another runtime
     */
    public static Configuration read(
            UnaryOperator<String> host, Set<String> names, boolean hostFirst, ConfigurationFile file) {
        return read(host, names, hostFirst, file, Environment.ofProcess(), System::getProperty);
    }

    static Configuration read(
            UnaryOperator<String> host,
            Set<String> names,
            boolean hostFirst,
            ConfigurationFile file,
            Map<String, String> environment,
            UnaryOperator<String> system) {
        return new Configuration(new Sources(environment, system, host, hostFirst, file), file, names);
    }

    /** Of texts by key, as in a test; each key that is missing has its default. */
    public static Configuration of(Map<String, String> texts) {
        ConfigurationFile none = ConfigurationFile.none();
        return read(texts::get, texts.keySet(), false, none, Map.of(), name -> null);
    }

    private static Value text(Key<?> key, Sources sources) {
        Value value = sources.find(key.name())
                .orElseGet(() -> new Value(key.name(), key.byDefault().orElse(""), Source.DEFAULT));
        return DataPlace.of(key, value);
    }

    /** It may be in a file; where both are set, the one that is set in the place that wins. */
    private static Value secret(Key<?> key, Sources sources) {
        Value text = text(key, sources);
        Optional<Value> inFile = sources.find(key.name() + SecretFile.SUFFIX).filter(Value::isSet);
        if (inFile.isEmpty()) {
            return text;
        }
        Value file = inFile.get();
        if (text.isSet() && text.source() == file.source()) {
            return Value.refused(
                    key.name(),
                    "%s and %s are both set: expected one".formatted(text.named(), file.named()),
                    file.source());
        }
        return text.isSet() && text.source().compareTo(file.source()) < 0
                ? text
                : SecretFile.read(file, sources::environment);
    }

    /** What is likely not meant in a secret, which is taken as it is. */
    private static List<String> oddities(Value secret) {
        List<String> oddities = new ArrayList<>();
        String text = secret.text();
        if (!text.isBlank() && !text.equals(text.strip())) {
            oddities.add(secret.named() + " begins or ends with a space, which is taken as a part of it");
        }
        if (PLACEHOLDER.matcher(text).matches()) {
            oddities.add(secret.named() + " is taken as it is written: {{…}} in it is no placeholder any more");
        }
        return oddities;
    }

    /** The text of every key, secrets too. */
    public Map<String, String> values() {
        Map<String, String> texts = new LinkedHashMap<>();
        values.forEach((key, value) -> texts.put(key, value.text()));
        return texts;
    }

    public String value(String key) {
        return values.get(key).text();
    }

    /** A key by its name, and by its name in the environment where its value comes from there. */
    public String named(String key) {
        return values.get(key).named();
    }

    /** What an operator should know of it, a line each; none is a mistake. */
    public List<String> notices() {
        return List.copyOf(notices);
    }

    /** One line for each mistake, empty where there is none. */
    public List<String> mistakes() {
        return reading().mistakes();
    }

    /** Likewise, of these keys only: for a command, which needs few. */
    public List<String> mistakes(Set<String> keys) {
        return Reading.of(this, keys).mistakes();
    }

    /** @throws InvalidConfiguration when there is a mistake */
    public Settings settings() {
        return Settings.of(faultless());
    }

    /**
     * What routes may use as {@code {{key}}}: every key but the secrets. Durations are in milliseconds, because not everything
     * in Camel that takes a time understands a unit.
     *
     * @throws InvalidConfiguration when there is a mistake
     */
    public Map<String, String> placeholders() {
        return faultless().placeholders();
    }

    private Reading faultless() {
        Reading faultless = reading();
        if (!faultless.mistakes().isEmpty()) {
            throw new InvalidConfiguration(faultless.mistakes());
        }
        return faultless;
    }

    private synchronized Reading reading() {
        if (reading == null) {
            reading = Reading.of(this);
        }
        return reading;
    }

    Value valueOf(Key<?> key) {
        return values.get(key.name());
    }

    ListBindings listBindings() {
        return listBindings;
    }

    /** Mistakes that are of no key of ours. */
    List<String> mistakesBesideKeys() {
        return List.copyOf(mistakes);
    }

    /** Whether the file could not be read, so that nobody knows what is missing. */
    boolean isUnreadable() {
        return unreadable;
    }

    Set<String> others() {
        return others;
    }
}
