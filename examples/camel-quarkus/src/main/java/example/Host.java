package example;

import io.vertx.ext.web.Router;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

/** A Quarkus application with a path of its own. */
@ApplicationScoped
public class Host {

    void serve(@Observes Router router) {
        router.get("/own").handler(request -> request.end("host works"));
    }
}
