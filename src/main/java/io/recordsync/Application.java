package io.recordsync;

import org.apache.camel.main.Main;

/** Starts Camel Main on the routes in {@code routes/} and the configuration in {@code config/}; nothing else. */
public final class Application {

    private Application() {}

    public static void main(String[] args) throws Exception {
        new Main(Application.class).run(args);
    }
}
