package io.recordsync;

import java.util.HashMap;
import java.util.Map;
import org.apache.camel.model.ModelLifecycleStrategySupport;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.spi.Resource;

/**
 * Refuses two route files with one route id: Camel would keep the one it reads last and say nothing.
 *
 * <p>It looks while the context starts; a route that a running context is given anew replaces the old one as ever.
 */
final class RouteIds extends ModelLifecycleStrategySupport {

    private final Map<String, String> files = new HashMap<>();

    @Override
    public void onAddRouteDefinition(RouteDefinition route) {
        String id = route.getId();
        if (id == null
                || route.getCamelContext() != null && route.getCamelContext().isStarted()) {
            return;
        }
        String file = file(route);
        String other = files.putIfAbsent(id, file);
        if (other != null) {
            throw new IllegalStateException(
                    "The route %s is in %s and in %s: expected one route of each id; remove one of them, or rename it"
                            .formatted(id, other, file));
        }
    }

    private static String file(RouteDefinition route) {
        Resource resource = route.getResource();
        return resource == null ? "Java code" : resource.getLocation();
    }
}
