package io.recordsync;

import io.recordsync.config.SalesforceSettings;
import org.apache.camel.component.salesforce.AuthenticationType;
import org.apache.camel.component.salesforce.SalesforceComponent;

/** Camel's own subscriber, which {@code salesforce.subscriber = camel-salesforce} takes in place of ours. */
final class StockSubscriber {

    private StockSubscriber() {}

    static SalesforceComponent component(SalesforceSettings salesforce) {
        SalesforceComponent component = new SalesforceComponent();
        component.setLoginUrl(salesforce.loginUrl().toString());
        component.setClientId(salesforce.clientId());
        component.setClientSecret(salesforce.clientSecret().value());
        component.setAuthenticationType(AuthenticationType.CLIENT_CREDENTIALS);
        component.setPubSubHost(salesforce.pubsubHost());
        component.setPubSubPort(salesforce.pubsubPort());
        return component;
    }
}
