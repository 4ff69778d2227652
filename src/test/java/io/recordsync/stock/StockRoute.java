package io.recordsync.stock;

import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.Service;
import org.apache.camel.component.salesforce.PubSubApiConsumer;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;
import org.apache.camel.support.LifecycleStrategySupport;

/**
 * The same job as this project's, of Camel's own parts alone, as its documentation leads to: the yardstick of the fault report.
 *
 * <p>The route is {@code stock/stock-route.camel.yaml}; its settings are system properties named {@code stock.*}.
 */
public final class StockRoute {

    private StockRoute() {}

    public static void main(String[] args) throws Exception {
        Main main = new Main();
        main.addInitialProperty("camel.main.routesIncludePattern", "classpath:stock/stock-route.camel.yaml");
        main.addInitialProperty("camel.main.basePackageScanEnabled", "false");
        // The service is on its class path, and must not get in.
        main.addInitialProperty("recordsync.enabled", "false");
        main.addInitialProperty("camel.main.shutdownTimeout", "20");
        main.addInitialProperty("camel.management.enabled", "true");
        main.addInitialProperty("camel.management.port", System.getProperty("stock.port"));
        main.addInitialProperty("camel.management.healthCheckEnabled", "true");
        main.addMainListener(new MainListenerSupport() {
            @Override
            public void afterConfigure(BaseMainSupport configured) {
                configured.getCamelContext().addLifecycleStrategy(new WithoutTls());
            }
        });
        System.exit(main.run(args));
    }

    /** One item of the bulk delete call. */
    public static Map<String, String> item(String contactId) {
        return Map.of("external_provider", "salesforce", "external_id", contactId);
    }

    /** The simulator speaks plaintext, which no option of the endpoint allows. */
    private static final class WithoutTls extends LifecycleStrategySupport {

        @Override
        public void onServiceAdd(CamelContext context, Service service, Route route) {
            if (service instanceof PubSubApiConsumer consumer) {
                consumer.setUsePlainTextConnection(true);
            }
        }
    }
}
