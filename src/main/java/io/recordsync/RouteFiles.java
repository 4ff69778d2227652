package io.recordsync;

import io.recordsync.config.InvalidConfiguration;
import io.recordsync.files.Refusal;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.main.DefaultRoutesCollector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The files in the folder of routes: each of them is loaded, or named. */
final class RouteFiles {

    private static final Logger LOG = LoggerFactory.getLogger(RouteFiles.class);

    private static final int MAX_DEPTH = 3;

    private final Path folder;

    RouteFiles(Path folder) {
        this.folder = folder;
    }

    /**
     * Camel finds no file in a folder that cannot be read, and says nothing.
     *
     * @throws InvalidConfiguration a line for each that is there and cannot be read
     */
    void requireReadable() {
        List<String> mistakes = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            files.filter(RouteFiles::looksLikeRoutes)
                    .filter(file -> !Files.isReadable(file))
                    .sorted()
                    .forEach(file ->
                            mistakes.add("The route file %s cannot be read: %s".formatted(file, Refusal.denied(file))));
        } catch (NoSuchFileException e) {
            return;
        } catch (IOException e) {
            mistakes.add("The route files in %s cannot be read: %s".formatted(folder, Refusal.words(folder, e)));
        }
        if (!mistakes.isEmpty()) {
            throw new InvalidConfiguration(mistakes);
        }
    }

    /**
     * What somebody put there and nothing loads is most likely meant to be loaded.
     *
     * @param byItself what is included where the configuration says nothing
     */
    void reportLeftOut(CamelContext context, String included, String excluded, String byItself) {
        leftOut(context, included, excluded)
                .forEach(file -> LOG.warn(
                        "The route file {} is there and not loaded: {} names no file of this name{}",
                        file,
                        included.equals(byItself) ? folder + "/*.camel.yaml" : "camel.main.routesIncludePattern",
                        excluded == null ? "" : ", or camel.main.routesExcludePattern excludes it"));
    }

    List<Path> leftOut(CamelContext context, String included, String excluded) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        Set<Path> loaded = new DefaultRoutesCollector()
                .findRouteResourcesFromDirectory(context, excluded, included).stream()
                        .map(resource -> resource.getURI())
                        .filter(uri -> "file".equals(uri.getScheme()))
                        .map(RouteFiles::path)
                        .collect(Collectors.toSet());
        try (Stream<Path> files = Files.walk(folder, MAX_DEPTH)) {
            return files.filter(RouteFiles::looksLikeRoutes)
                    .filter(file ->
                            !MainDefaults.RETIRED.contains(file.getFileName().toString()))
                    .filter(file -> !loaded.contains(file.toAbsolutePath().normalize()))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            LOG.warn("The route files in {} cannot be listed: {}", folder, Refusal.words(folder, e));
            return List.of();
        }
    }

    private static boolean looksLikeRoutes(Path file) {
        return file.getFileName().toString().matches(".+\\.(ya?ml|xml|java)") && !Files.isDirectory(file);
    }

    /** Camel's URI of a relative file is one without a path. */
    private static Path path(URI uri) {
        return Path.of(uri.isOpaque() ? uri.getSchemeSpecificPart() : uri.getPath())
                .toAbsolutePath()
                .normalize();
    }
}
