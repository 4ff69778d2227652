package io.recordsync;

import io.recordsync.config.ConfigurationFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;
import org.apache.camel.spi.PropertiesComponent;
import org.apache.camel.support.DefaultRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What our own Camel Main is set to, and what becomes of a configuration file of a release that set it there.
 *
 * <p>Every file {@code routes/*.camel.yaml} is loaded. A file may still set what is Camel's and not the service's, such as the shutdown
 * timeout; what would start a second server, or leave routes out, is overridden and reported.
 */
final class MainDefaults {

    private static final Logger LOG = LoggerFactory.getLogger(MainDefaults.class);

    private static final String PATTERN = "camel.main.routesIncludePattern";
    private static final String EXCLUDED = "camel.main.routesExcludePattern";
    private static final String SUBSCRIBER = "salesforce.subscriber";

    private static final Map<String, String> DEFAULTS = Map.of(
            "camel.main.basePackageScanEnabled",
            "false",
            // A third of each start, to tell what health and metrics tell.
            "camel.main.jmxEnabled",
            "false",
            // On SIGTERM the calls in flight have this long, in seconds.
            "camel.main.shutdownTimeout",
            "20",
            "camel.main.shutdownNowOnTimeout",
            "true");

    /** The service serves itself: what an old file says of Camel's servers has no effect. */
    private static final Map<String, String> OVERRIDES = Map.of(
            "camel.server.enabled", "false",
            "camel.management.enabled", "false",
            "camel.metrics.enabled", "false");

    /** A route file of ours, of this release or an earlier one. */
    private static final Pattern OURS = Pattern.compile("(file:)?(\\./)?routes/(alternatives/)?[a-z-]+\\.camel\\.yaml");

    private static final String ALTERNATIVE = "subscribe-with-camel-salesforce.camel.yaml";

    /** Of earlier releases: unpacking a newer one over them leaves them behind. */
    static final Set<String> RETIRED = Set.of("beans.camel.yaml", "ops.camel.yaml");

    private MainDefaults() {}

    /** @param file what it says to Camel wins over the defaults */
    static void set(Main main, ConfigurationFile file) {
        RoutePlaces places = RoutePlaces.ofProcess();
        // Camel would read it as Latin-1, with escapes.
        main.setDefaultPropertyPlaceholderLocation("false");
        main.bind("configurationFile", file);
        DEFAULTS.forEach(main::addInitialProperty);
        main.addInitialProperty(PATTERN, places.pattern());
        file.others().forEach(main::addInitialProperty);
        OVERRIDES.forEach(main::addOverrideProperty);
        main.addMainListener(new MainListenerSupport() {
            @Override
            public void beforeInitialize(BaseMainSupport starting) {
                CamelContext context = starting.getCamelContext();
                ((DefaultRegistry) context.getRegistry()).addBeanRepository(new OldNames(context));
                PropertiesComponent properties = context.getPropertiesComponent();
                String configured = properties.resolveProperty(PATTERN).orElse(places.pattern());
                Map<String, String> overrides = overrides(configured, isSet(context, SUBSCRIBER), places);
                overrides.forEach(properties::addOverrideProperty);
                String excluded = properties.resolveProperty(EXCLUDED).orElse(null);
                places.folders().forEach(folder -> new RouteFiles(folder)
                        .reportLeftOut(context, overrides.get(PATTERN), excluded, places.pattern()));
            }
        });
    }

    private static boolean isSet(CamelContext context, String key) {
        return context.getPropertiesComponent().resolveProperty(key).isPresent();
    }

    /**
     * What an old list of route files comes to, and what an earlier release left behind.
     *
     * @param configured the files as configured, separated by commas
     * @param places where the service's route files are, and a site's
     */
    static Map<String, String> overrides(String configured, boolean subscriberIsSet, RoutePlaces places) {
        Path folder = places.service();
        String all = places.servicePattern();
        List<String> theirs = new ArrayList<>();
        List<String> ours = new ArrayList<>();
        Arrays.stream(configured.split(","))
                .map(String::strip)
                .filter(file -> !file.isEmpty())
                .forEach(file -> (OURS.matcher(file).matches() ? ours : theirs).add(file));
        // The same files, where the start says they are.
        theirs.replaceAll(file -> file.equals(RoutePlaces.DEFAULT) ? all : file);
        Map<String, String> overrides = new LinkedHashMap<>();
        if (!ours.isEmpty()) {
            LOG.warn(
                    "{} names {} route files of the service: every routes/*.camel.yaml is loaded without it; take these names"
                            + " out of {}",
                    PATTERN,
                    ours.size(),
                    ConfigurationFile.location());
            theirs.remove(all);
            theirs.add(0, all);
        }
        if (!subscriberIsSet && ours.stream().anyMatch(file -> file.endsWith(ALTERNATIVE))) {
            LOG.warn(
                    "{} names {}: read as {} = camel-salesforce, which is to be set in its place",
                    PATTERN,
                    ALTERNATIVE,
                    SUBSCRIBER);
            overrides.put(SUBSCRIBER, "camel-salesforce");
        }
        List<String> retired = RETIRED.stream()
                .filter(file -> Files.exists(folder.resolve(file)))
                .toList();
        if (!retired.isEmpty() && theirs.remove(all)) {
            LOG.warn("{} in {} are of an earlier release and not loaded any more: remove them", retired, folder);
            theirs.addAll(0, without(retired, folder));
        }
        places.sitePattern().filter(site -> !theirs.contains(site)).ifPresent(theirs::add);
        overrides.put(PATTERN, String.join(",", theirs));
        return overrides;
    }

    private static List<String> without(List<String> retired, Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(file -> file.endsWith(".camel.yaml") && !retired.contains(file))
                    .sorted()
                    .map(file -> "file:" + folder.resolve(file))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
