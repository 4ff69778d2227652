package io.recordsync;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.PropertiesComponent;

/**
 * The configuration as it stands: {@code config/application.properties}, what the environment says instead, and the defaults.
 *
 * <p>The service and its commands read it here, by Camel's own rules.
 */
final class Configuration {

    static final String LOCATION = "file:config/application.properties;optional=true";

    private Configuration() {}

    /** For a command: without a service. */
    static Map<String, String> read() {
        Properties defaults = new Properties();
        defaults.putAll(ConfigurationCheck.defaults());
        CamelContext context = new DefaultCamelContext();
        try {
            PropertiesComponent properties = context.getPropertiesComponent();
            properties.addLocation(LOCATION);
            properties.setInitialProperties(defaults);
            context.build();
            return read(properties);
        } finally {
            context.stop();
        }
    }

    /** Each key with its value; a placeholder that could not be resolved is left in it. */
    static Map<String, String> read(PropertiesComponent properties) {
        Map<String, String> configuration = new LinkedHashMap<>();
        ConfigurationCheck.keys().forEach(key -> configuration.put(key, ""));
        Properties written = properties.loadProperties();
        written.stringPropertyNames().forEach(key -> configuration.put(key, written.getProperty(key)));
        configuration.replaceAll((key, raw) -> properties.resolveProperty(key).orElse(raw));
        return configuration;
    }
}
