package io.recordsync.salesforce.stream;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.support.DefaultConsumer;

/** Runs a {@link Subscriber} on a thread of its own and makes an exchange of each of its responses. */
final class SalesforceStreamConsumer extends DefaultConsumer {

    private final SalesforceStreamEndpoint endpoint;
    private ExecutorService thread;
    private ScheduledExecutorService watchdog;
    private Subscriber subscriber;

    SalesforceStreamConsumer(SalesforceStreamEndpoint endpoint, Processor processor) {
        super(endpoint, processor);
        this.endpoint = endpoint;
        // Consumers are made before any of them starts: what is pending must not go out ahead of the answer.
        OrgGate.shut(endpoint.getGate());
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        var executors = getEndpoint().getCamelContext().getExecutorServiceManager();
        thread = executors.newSingleThreadExecutor(this, endpoint.getEndpointUri());
        watchdog = executors.newSingleThreadScheduledExecutor(this, "salesforce-stream-watchdog");
        subscriber = new Subscriber(endpoint, this::process, watchdog);
        thread.execute(subscriber);
    }

    @Override
    protected void doStop() throws Exception {
        // A context whose start failed stops consumers that never started.
        if (subscriber != null) {
            subscriber.stop();
            var executors = getEndpoint().getCamelContext().getExecutorServiceManager();
            executors.shutdownGraceful(thread, TimeUnit.SECONDS.toMillis(10));
            executors.shutdownNow(watchdog);
            subscriber = null;
        }
        super.doStop();
    }

    private void process(StreamResponse response) throws Exception {
        Exchange exchange = createExchange(false);
        try {
            exchange.getIn().setBody(response);
            getProcessor().process(exchange);
            Exception failure = exchange.getException();
            if (failure != null) {
                throw failure;
            }
        } finally {
            releaseExchange(exchange, false);
        }
    }
}
