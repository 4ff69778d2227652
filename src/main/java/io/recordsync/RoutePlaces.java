package io.recordsync;

import io.recordsync.config.InvalidConfiguration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Where route files are: the service's, and those of a site, which a package keeps apart from what it brings.
 *
 * @param service {@code routes} in the folder that the service is started in, unless the start names another one
 * @param site none unless the start names it
 */
record RoutePlaces(Path service, Optional<Path> site) {

    private static final String FILES = "/*.camel.yaml";
    static final String DEFAULT = "file:routes" + FILES;

    /** As the start says. */
    static RoutePlaces ofProcess() {
        return new RoutePlaces(
                followed(Path.of(named("recordsync.routes").orElse("routes"))),
                named("recordsync.site-routes").map(Path::of).map(RoutePlaces::followed));
    }

    /** Where a link leads to: Camel looks into folders, and not through a link to one. */
    static Path followed(Path folder) {
        try {
            return Files.isSymbolicLink(folder) ? folder.toRealPath() : folder;
        } catch (IOException e) {
            // It leads nowhere: the link is what is not there.
            return folder;
        }
    }

    private static Optional<String> named(String property) {
        return Optional.ofNullable(System.getProperty(property)).filter(name -> !name.isEmpty());
    }

    List<Path> folders() {
        return Stream.concat(Stream.of(service), site.stream()).toList();
    }

    String servicePattern() {
        return "file:" + service + FILES;
    }

    Optional<String> sitePattern() {
        return site.map(folder -> "file:" + folder + FILES);
    }

    /** As Camel Main takes it. */
    String pattern() {
        return sitePattern().map(files -> servicePattern() + "," + files).orElse(servicePattern());
    }

    /** @throws InvalidConfiguration a line for each folder or file that is named or there and cannot be read */
    void requireReadable() {
        List<String> mistakes = new ArrayList<>();
        for (Path folder : folders()) {
            if (folder.isAbsolute() && !Files.isDirectory(folder)) {
                mistakes.add(
                        "The folder of routes %s is not there: expected a folder with *.camel.yaml".formatted(folder));
            } else if (folder.toString().contains(",")) {
                mistakes.add("The folder of routes %s has a comma in its name, which parts files for Camel"
                        .formatted(folder));
            } else {
                try {
                    new RouteFiles(folder).requireReadable();
                } catch (InvalidConfiguration e) {
                    mistakes.addAll(e.mistakes());
                }
            }
        }
        if (!mistakes.isEmpty()) {
            throw new InvalidConfiguration(mistakes);
        }
    }

    /** What is read, for people. */
    @Override
    public String toString() {
        return folders().stream().map(folder -> folder.toAbsolutePath() + FILES).collect(Collectors.joining(", "));
    }
}
