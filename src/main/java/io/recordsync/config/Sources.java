package io.recordsync.config;

import io.recordsync.config.Value.Source;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * The places where a value may stand: the environment, the JVM's system properties, the properties of a host, the service's own
 * file.
 *
 * <p>In each of them it is read as it stands there. Where several have it the environment wins, then the system properties, then
 * the host's properties; a host whose properties win over the environment says so.
 */
final class Sources {

    private final Map<String, String> environment;
    private final UnaryOperator<String> system;
    private final UnaryOperator<String> host;
    private final boolean hostFirst;
    private final ConfigurationFile file;

    /**
     * @param environment the environment by name
     * @param system the JVM's system properties by name, null where there is none
     * @param host the properties of the host, likewise
     * @param hostFirst whether the host's win over the environment
     */
    Sources(
            Map<String, String> environment,
            UnaryOperator<String> system,
            UnaryOperator<String> host,
            boolean hostFirst,
            ConfigurationFile file) {
        this.environment = environment;
        this.system = system;
        this.host = host;
        this.hostFirst = hostFirst;
        this.file = file;
    }

    Optional<Value> find(String name) {
        Optional<Value> own = variable(name).or(() -> systemProperty(name));
        Optional<Value> found = hostFirst ? property(name).or(() -> own) : own.or(() -> property(name));
        return found.or(() -> Optional.ofNullable(file.value(name)));
    }

    String environment(String name) {
        return environment.get(name);
    }

    Map<String, String> environment() {
        return environment;
    }

    /**
     * Whether a host that lists this name means a variable by it: Quarkus has {@code TALKDESK_API_URL} among its properties as
     * {@code talkdesk.api.url}, and takes variables from a file {@code .env} as well.
     */
    boolean isVariable(String name) {
        String variable = Key.environmentName(name);
        return environment.containsKey(variable)
                || Keys.all().stream()
                        .flatMap(key -> Stream.of(key.name(), key.name() + SecretFile.SUFFIX))
                        .filter(key ->
                                !key.equals(name) && Key.environmentName(key).equals(variable))
                        .map(host)
                        .anyMatch(text -> text != null && text.equals(host.apply(name)));
    }

    private Optional<Value> variable(String name) {
        return Optional.ofNullable(environment.get(Key.environmentName(name)))
                .map(text -> new Value(name, text, Source.ENVIRONMENT));
    }

    private Optional<Value> systemProperty(String name) {
        return Optional.ofNullable(system.apply(name)).map(text -> new Value(name, text, Source.SYSTEM_PROPERTY));
    }

    /** A host may answer with what stands elsewhere. */
    private Optional<Value> property(String name) {
        return Optional.ofNullable(host.apply(name)).map(text -> variable(name)
                .or(() -> systemProperty(name))
                .filter(value -> value.text().equals(text))
                .orElseGet(() -> new Value(name, text, Source.PROPERTIES)));
    }
}
