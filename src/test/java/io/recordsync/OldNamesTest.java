package io.recordsync;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.config.ConfigurationFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.camel.component.platform.http.PlatformHttpComponent;
import org.apache.camel.main.Main;
import org.apache.camel.spi.Registry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Our own Camel Main, with a route file of a site that was written for an earlier release. */
@Timeout(60)
class OldNamesTest {

    @TempDir
    Path folder;

    private final Main main = new Main();

    @AfterEach
    void stop() {
        main.stop();
    }

    @Test
    void every_old_name_answers_and_a_sites_own_bean_of_that_name_comes_first() throws Exception {
        main.bind("metrics", "the site's");
        start();

        Registry registry = main.getCamelContext().getRegistry();
        for (String name : OldNames.NAMES) {
            assertThat(registry.lookupByName(name)).as(name).isNotNull();
        }
        assertThat(registry.lookupByName("metrics")).isEqualTo("the site's");
        assertThat(registry.lookupByName("claims")).isSameAs(registry.lookupByName("recordsyncClaims"));
    }

    @Test
    void the_old_inbox_and_the_old_scheme_do_what_they_did() throws Exception {
        start();

        OldNames.OldInbox inbox =
                (OldNames.OldInbox) main.getCamelContext().getRegistry().lookupByName("inbox");
        inbox.heartbeat();
        assertThat(inbox.forget()).isZero();
        assertThat(main.getCamelContext().getComponent("platform-http"))
                .isInstanceOf(PlatformHttpComponent.class)
                .isSameAs(main.getCamelContext().getComponent("ops-http"));
    }

    private void start() throws Exception {
        MainDefaults.set(main, ConfigurationFile.none());
        TestSettings.texts(folder).forEach(main::addInitialProperty);
        Path route = Files.writeString(
                folder.resolve("site.yaml"),
                """
                - route:
                    id: accept-once-more
                    from:
                      uri: direct:accept-once-more
                      steps:
                        - bean:
                            ref: inbox
                            method: accept
                        - bean:
                            ref: claims
                            method: wake
                """);
        Map.of("camel.main.routesIncludePattern", "file:" + route).forEach(main::addOverrideProperty);
        main.start();
    }
}
