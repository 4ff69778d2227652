package example;

import org.apache.camel.main.Main;

/** A Camel application. */
public final class Host {

    private Host() {}

    public static void main(String[] args) {
        int exitCode = 1;
        try {
            exitCode = new Main().run(args);
        } catch (Exception e) {
            e.printStackTrace();
        }
        // The threads of camel.server would keep the process of a failed start.
        System.exit(exitCode);
    }
}
