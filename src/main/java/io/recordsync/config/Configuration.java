package io.recordsync.config;

import io.recordsync.config.Value.Source;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.PropertiesComponent;

/**
 * The configuration as it stands: what properties and the environment say, and the defaults. Thread-safe.
 *
 * <p>It is read by the rules of the Camel runtime, key by key, so that a host other than Camel Main (Spring Boot, Quarkus)
 * answers by its own. In Camel Main the environment wins over the JVM's system properties, and those over files.
 */
public final class Configuration {

    /** Where the service and its commands read it. */
    public static final String LOCATION = "file:config/application.properties;optional=true";

    private final Map<String, Value> values;
    /** What else is set anywhere: Camel's own keys, those of an operator's routes, and misspelt ones. */
    private final Set<String> others;

    /** Made when it is first asked for: a command that needs few keys reads no more. */
    private Reading reading;

    private Configuration(Map<String, Value> values, Set<String> others) {
        this.values = values;
        this.others = others;
    }

    /** For a command: without a service. */
    public static Configuration read() {
        CamelContext context = new DefaultCamelContext(false);
        try {
            PropertiesComponent properties = context.getPropertiesComponent();
            properties.addLocation(LOCATION);
            Properties defaults = new Properties();
            defaults.putAll(Keys.defaults());
            // This context only reads.
            defaults.setProperty("recordsync.enabled", "false");
            properties.setInitialProperties(defaults);
            context.build();
            return read(properties);
        } finally {
            context.stop();
        }
    }

    /** In a Camel runtime, once all its properties are in place. */
    public static Configuration read(PropertiesComponent properties) {
        return read(properties, System::getenv, System::getProperty);
    }

    /**
     * @param environment the environment by name, null where it has none
     * @param system the JVM's system properties, likewise
     */
    static Configuration read(
            PropertiesComponent properties, UnaryOperator<String> environment, UnaryOperator<String> system) {
        Properties written = properties.loadProperties();
        Map<String, Value> values = new LinkedHashMap<>();
        for (Key<?> key : Keys.all()) {
            // A value whose placeholder nothing resolves is no value for Camel; it is here, and a mistake.
            String text = properties
                    .resolveProperty(key.name())
                    .or(() -> Optional.ofNullable(written.getProperty(key.name())))
                    .or(key::byDefault)
                    .orElse("");
            values.put(key.name(), new Value(text, source(key, text, environment, system)));
        }
        return new Configuration(values, others(written.stringPropertyNames()));
    }

    /** Of texts by key, as in a test or a file; each key that is missing has its default. */
    public static Configuration of(Map<String, String> texts) {
        Map<String, Value> values = new LinkedHashMap<>();
        for (Key<?> key : Keys.all()) {
            String text = texts.getOrDefault(key.name(), key.byDefault().orElse(""));
            values.put(key.name(), new Value(text, texts.containsKey(key.name()) ? Source.PROPERTIES : Source.DEFAULT));
        }
        return new Configuration(values, others(texts.keySet()));
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
        return values.get(key).source() == Source.ENVIRONMENT ? key + " (" + Key.environmentName(key) + ")" : key;
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

    Set<String> others() {
        return others;
    }

    private static Set<String> others(Set<String> names) {
        Set<String> others = new TreeSet<>(names);
        others.removeAll(Keys.names());
        return others;
    }

    /** No Camel runtime reports where it found a value in a way that all have, so it is where the same text stands. */
    private static Source source(
            Key<?> key, String text, UnaryOperator<String> environment, UnaryOperator<String> system) {
        if (stands(text, environment.apply(key.environmentName()))) {
            return Source.ENVIRONMENT;
        }
        if (stands(text, system.apply(key.name()))) {
            return Source.SYSTEM_PROPERTY;
        }
        return text.equals(key.defaultText()) ? Source.DEFAULT : Source.PROPERTIES;
    }

    private static boolean stands(String text, String candidate) {
        return candidate != null && (candidate.equals(text) || candidate.contains("{{"));
    }
}
