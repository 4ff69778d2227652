package io.recordsync.salesforce.stream;

import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.DefaultComponent;

/** {@code salesforce-stream:/data/ContactChangeEvent}: subscribes to a change data capture channel. */
@Component("salesforce-stream")
public final class SalesforceStreamComponent extends DefaultComponent {

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        SalesforceStreamEndpoint endpoint = new SalesforceStreamEndpoint(uri, this, remaining);
        setProperties(endpoint, parameters);
        return endpoint;
    }
}
