package io.recordsync;

import java.util.Set;
import java.util.function.UnaryOperator;
import org.apache.camel.component.properties.DefaultPropertiesLookup;
import org.apache.camel.component.properties.PropertiesComponent;

/**
 * The properties of the Camel runtime that we are in, by its own rules and as they are written there.
 *
 * <p>What Camel resolves loses its placeholders, and a backslash among its last two characters. Its parser alone leaves both.
 */
public final class HostProperties implements UnaryOperator<String> {

    private final PropertiesComponent properties;

    public HostProperties(PropertiesComponent properties) {
        this.properties = properties;
    }

    /** @return null where there is none */
    @Override
    public String apply(String name) {
        try {
            return properties
                    .getPropertiesParser()
                    .parseUri("{{?" + name + "}}", new DefaultPropertiesLookup(properties), false, false, false);
        } catch (IllegalArgumentException e) {
            // As Camel's own resolving has it: what cannot be resolved is not there.
            return null;
        }
    }

    /** Of those that it can list. */
    public Set<String> names() {
        return properties.loadProperties().stringPropertyNames();
    }

    /** Whether they win over the environment. */
    public boolean areFirst() {
        return properties.getEnvironmentVariableMode() != PropertiesComponent.ENVIRONMENT_VARIABLES_MODE_OVERRIDE;
    }
}
