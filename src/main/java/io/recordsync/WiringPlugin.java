package io.recordsync;

import io.recordsync.Beans.Site;
import io.recordsync.config.Configuration;
import io.recordsync.config.ConfigurationFile;
import io.recordsync.config.InvalidConfiguration;
import io.recordsync.config.Key;
import io.recordsync.config.Keys;
import io.recordsync.config.Settings;
import io.recordsync.config.Subscriber;
import io.recordsync.ops.api.OpsFiles;
import io.recordsync.ops.api.OpsHttpServer;
import io.recordsync.ops.health.Health;
import io.recordsync.ops.health.Observation;
import io.recordsync.ops.support.Installation;
import io.recordsync.ops.support.RunningService;
import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.Ordered;
import org.apache.camel.PropertiesLookupListener;
import org.apache.camel.component.properties.PropertiesComponent;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheckRegistry;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.spi.BeanRepository;
import org.apache.camel.spi.ContextServicePlugin;
import org.apache.camel.spi.PropertiesSource;
import org.apache.camel.support.DefaultRegistry;
import org.apache.camel.support.LifecycleStrategySupport;
import org.apache.camel.support.PatternHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How the service gets into a Camel context, whichever runtime starts it: it checks the configuration, builds the {@link Wiring},
 * offers its beans to routes and serves {@code ops-http:}, before any route is read.
 *
 * <p>Camel finds it by {@code META-INF/services}, one for each context. It acts in {@code onContextInitializing}, the one moment at
 * which every runtime has all properties and has made no route, endpoint or component; a site's YAML bean that asks earlier is
 * answered then. What is refused ends the start. A context with {@code recordsync.enabled = false} is left alone.
 */
public final class WiringPlugin implements ContextServicePlugin {

    static final String ENABLED = "recordsync.enabled";

    private static final Logger LOG = LoggerFactory.getLogger(WiringPlugin.class);

    private CamelContext context;
    private boolean reading;
    private boolean building;
    private RuntimeException refusal;
    private Object read;
    private Configuration configuration;
    private OpsHttpServer server;
    private volatile Wiring wiring;
    /** Nothing is built again for what asks after the end. */
    private volatile boolean closed;

    /** Only takes its place: what it throws here would be ignored. */
    @Override
    public void load(CamelContext camel) {
        context = camel;
        camel.getPropertiesComponent().addPropertiesSource(new Placeholders());
        if (camel.getRegistry() instanceof DefaultRegistry registry) {
            registry.addBeanRepository(new Repository());
        }
        boolean watched = watchRouteIds();
        camel.addLifecycleStrategy(new LifecycleStrategySupport() {
            @Override
            public void onContextInitializing(CamelContext initializing) {
                if (enabled()) {
                    if (!watched) {
                        watchRouteIds();
                    }
                    closingOnFailure(WiringPlugin.this::initialize);
                }
            }

            @Override
            public void onContextStarting(CamelContext starting) {
                if (enabled()) {
                    closingOnFailure(WiringPlugin.this::start);
                }
            }
        });
    }

    /**
     * A context that {@code new DefaultCamelContext()} makes loads its plugins before it has a model, and shows that by this exception
     * alone. Of the routes that it is given before it starts Camel itself keeps the last of one id.
     */
    private boolean watchRouteIds() {
        try {
            if (context instanceof ModelCamelContext model) {
                model.addModelLifecycleStrategy(new RouteIds());
            }
            return true;
        } catch (NullPointerException e) {
            return false;
        }
    }

    private boolean enabled() {
        return context.getPropertiesComponent()
                .resolveProperty(ENABLED)
                .map(value -> !value.equals("false"))
                .orElse(true);
    }

    private void closingOnFailure(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | LinkageError e) {
            close();
            throw e;
        }
    }

    private synchronized void initialize() {
        wiring();
        configuration.notices().forEach(notice -> LOG.warn("Configuration: {}", notice));
        // A long answer of Salesforce (600,000 deleted ids) is kept on disk while it is read.
        context.setStreamCaching(true);
        context.getStreamCachingStrategy().setSpoolEnabled(true);
        context.getStreamCachingStrategy()
                .setSpoolDirectory(wiring.spool().folder().resolve("answers").toFile());
        if (!(context.getRegistry() instanceof DefaultRegistry)) {
            wiring.beans().forEach(context.getRegistry()::bind);
        }
        // A check gets its context from the registry.
        wiring.beans().values().stream()
                .filter(bean -> !(bean instanceof HealthCheck))
                .forEach(bean -> CamelContextAware.trySetCamelContext(bean, context));
        wiring.healthChecks().forEach(HealthCheckRegistry.get(context)::register);
        server.serve(context);
        if (wiring.settings().salesforce().subscriber() == Subscriber.CAMEL_SALESFORCE
                && context.hasComponent("salesforce") == null) {
            context.addComponent(
                    "salesforce", StockSubscriber.component(wiring.settings().salesforce()));
        }
        Health health = (Health) wiring.beans().get("recordsyncHealth");
        server.observe(new Observation(health, wiring.metricsRegistry()));
        ((RunningService) wiring.beans().get("recordsyncRunningService"))
                .runsWith(
                        new Installation(configuration, RoutePlaces.ofProcess().toString()));
    }

    private void start() {
        if (((ModelCamelContext) context).getRouteDefinitions().isEmpty()) {
            throw new IllegalStateException(
                    "No route was loaded, so that nothing would be deleted: expected the service's"
                            + " routes/*.camel.yaml, in the folder it is started in or on the class path");
        }
        requireRouteConfigurations();
        server.listen();
        if (wiring().settings().ops().enabled()) {
            context.getRegistry().bind(Wiring.PREFIX + "Page", server.page());
        }
    }

    /** Camel would start a route whose configuration is missing without its error handler and interceptors, and say nothing. */
    private void requireRouteConfigurations() {
        ModelCamelContext model = (ModelCamelContext) context;
        for (RouteDefinition route : model.getRouteDefinitions()) {
            String named = route.getRouteConfigurationId();
            // Camel takes a blank for a part of the id.
            for (String wanted : named == null ? new String[0] : named.split(",")) {
                if (model.getRouteConfigurationDefinitions().stream()
                        .noneMatch(loaded -> PatternHelper.matchPattern(loaded.getId(), wanted))) {
                    throw new IllegalStateException(
                            "The route %s names the route configuration %s, which no file has brought: add the file that has it"
                                    .formatted(route.getId(), wanted));
                }
            }
        }
    }

    /** Read once; a refusal is repeated, because Camel makes a bean that failed once more. */
    private synchronized Configuration configuration() {
        if (refusal != null) {
            throw refusal;
        }
        PropertiesComponent properties = (PropertiesComponent) context.getPropertiesComponent();
        // A runtime may put another one in place until it is initialized.
        if (read != properties) {
            reading = true;
            try {
                configuration = readSilently(properties);
                hand(configuration.placeholders(), properties);
                read = properties;
            } catch (RuntimeException e) {
                refusal = e;
                throw e;
            } finally {
                reading = false;
            }
        }
        return configuration;
    }

    /** Camel Main lists at INFO what was looked up, and does not know all of our secrets by their names. */
    private Configuration readSilently(PropertiesComponent properties) {
        ConfigurationFile own = context.getRegistry().findSingleByType(ConfigurationFile.class);
        HostProperties host = new HostProperties(properties);
        List<PropertiesLookupListener> listeners = List.copyOf(properties.getPropertiesLookupListeners());
        listeners.forEach(properties::removePropertiesLookupListener);
        try {
            return Configuration.read(
                    host, host.names(), host.areFirst(), own == null ? ConfigurationFile.none() : own);
        } finally {
            listeners.forEach(properties::addPropertiesLookupListener);
        }
    }

    /** From here on routes see each value as it was read: no unit where Camel wants milliseconds, and no secret. */
    private static void hand(Map<String, String> placeholders, PropertiesComponent properties) {
        Properties overrides = new Properties();
        if (properties.getOverrideProperties() != null) {
            overrides.putAll(properties.getOverrideProperties());
        }
        overrides.putAll(placeholders);
        properties.setOverrideProperties(overrides);
        if (Keys.all().stream().anyMatch(key -> isShadowed(key, placeholders.get(key.name())))) {
            properties.setEnvironmentVariableMode(PropertiesComponent.ENVIRONMENT_VARIABLES_MODE_FALLBACK);
            properties.setSystemPropertiesMode(PropertiesComponent.SYSTEM_PROPERTIES_MODE_FALLBACK);
        }
    }

    /** Camel would take "1s" from there, whatever it is overridden with. */
    private static boolean isShadowed(Key<?> key, String value) {
        String environment = System.getenv(key.environmentName());
        String system = System.getProperty(key.name());
        return value != null
                && (environment != null && !environment.equals(value) || system != null && !system.equals(value));
    }

    private synchronized Wiring wiring() {
        if (wiring == null) {
            building = true;
            try {
                Settings settings = configuration().settings();
                WritablePlaces.require(configuration());
                requireOpsFiles(settings);
                server = new OpsHttpServer(settings.ops());
                checkFree();
                wiring = Wiring.ofService(settings, new HostSite());
            } finally {
                building = false;
            }
        }
        return wiring;
    }

    private void requireOpsFiles(Settings settings) {
        List<String> mistakes = OpsFiles.mistakes(settings.ops(), configuration::named, Instant.now());
        if (!mistakes.isEmpty()) {
            throw new InvalidConfiguration(mistakes);
        }
    }

    private void checkFree() {
        try {
            server.checkFree(configuration::named);
        } catch (IllegalArgumentException e) {
            throw new InvalidConfiguration(List.of(e.getMessage()));
        }
    }

    @Override
    public void unload(CamelContext camel) {
        close();
    }

    private synchronized void close() {
        closed = true;
        if (server != null) {
            try {
                server.close();
            } catch (IOException e) {
                LOG.warn("The HTTP server was not closed cleanly: {}", e.getMessage());
            }
            server = null;
        }
        if (wiring != null) {
            wiring.close();
            wiring = null;
        }
    }

    /** What the host has bound under one of our names before we were built. */
    private final class HostSite implements Site {

        @Override
        public <T> T replaced(String name, Class<T> type) {
            return context.getRegistry().lookupByNameAndType(name, type);
        }
    }

    /** Our beans, by our names; none is found by a type of somebody else's, where a host would take it for its own. */
    private final class Repository implements BeanRepository {

        @Override
        public Object lookupByName(String name) {
            return lookupByNameAndType(name, Object.class);
        }

        @Override
        public <T> T lookupByNameAndType(String name, Class<T> type) {
            // While the wiring is built it asks whether the host has one of this name.
            if (!name.startsWith(Wiring.PREFIX)) {
                return null;
            }
            // Routes ask for beans while they run: what is built needs no property.
            Wiring built = wiring;
            if (built == null) {
                if (building || closed || !enabled()) {
                    return null;
                }
                built = wiring();
            }
            Object bean = built.beans().get(name);
            return type.isInstance(bean) ? type.cast(bean) : null;
        }

        @Override
        public <T> Map<String, T> findByTypeWithName(Class<T> type) {
            Map<String, T> found = new LinkedHashMap<>();
            if (wiring != null && type.getName().startsWith("io.recordsync.")) {
                wiring.beans().forEach((name, bean) -> {
                    if (type.isInstance(bean)) {
                        found.put(name, type.cast(bean));
                    }
                });
            }
            return found;
        }

        @Override
        public <T> Set<T> findByType(Class<T> type) {
            return new LinkedHashSet<>(findByTypeWithName(type).values());
        }
    }

    /** Placeholders of ours for what is read before the context is initialized: a site's YAML bean. */
    private final class Placeholders implements PropertiesSource, Ordered {

        @Override
        public String getName() {
            return "recordsync";
        }

        @Override
        public String getProperty(String name) {
            if (reading || !Keys.names().contains(name) || !enabled()) {
                return null;
            }
            return configuration().placeholders().get(name);
        }

        @Override
        public int getOrder() {
            return Ordered.LOWEST;
        }
    }
}
