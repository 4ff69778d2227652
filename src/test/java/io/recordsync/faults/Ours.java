package io.recordsync.faults;

import io.recordsync.stories.Service;
import java.time.Duration;

/** The packaged service with its shipped configuration, every time in it divided by the scale. */
final class Ours extends Subject {

    final Service service;
    private final World world;

    Ours(World world) throws Exception {
        this.world = world;
        service = new Service(world.folder, world.salesforce, world.talkdesk, World.LIST);
        with("stream.idle-timeout", Duration.ofSeconds(330));
        with("stream.backoff", Duration.ofSeconds(1));
        with("stream.backoff-max", Duration.ofSeconds(60));
        with("stream.backoff-long", Duration.ofMinutes(15));
        with("oauth.timeout", Duration.ofSeconds(10));
        with("delivery.timeout", Duration.ofSeconds(30));
        with("delivery.backoff", Duration.ofSeconds(1));
        with("delivery.backoff-max", Duration.ofMinutes(5));
        with("delivery.give-up-after", Duration.ofHours(24));
        with("verify.delay", Duration.ofSeconds(60));
        with("session.ttl", Duration.ofSeconds(30));
        with("session.heartbeat", Duration.ofSeconds(5));
        with("sweep.retry", Duration.ofSeconds(60));
        with("salesforce.timeout", Duration.ofSeconds(120));
        with("batch.linger", Duration.ofSeconds(1));
        service.with("batch.linger", "50ms").with("delivery.rate", Integer.toString(5 * Scale.FACTOR));
    }

    Ours with(String key, Duration real) {
        service.with(key, Scale.millis(real));
        return this;
    }

    @Override
    void start() throws Exception {
        int streams = world.salesforce.recording().subscribes().size();
        service.startSubscribed();
        // LATEST begins when Salesforce has read the request, not when it was sent.
        world.salesforce.recording().awaitSubscription(streams + 1);
    }

    @Override
    void launch() throws Exception {
        service.launch();
    }

    @Override
    ProcessHandle handle() {
        return service.handle();
    }

    @Override
    int port() {
        return service.port();
    }

    @Override
    String log() {
        return service.log();
    }

    @Override
    public void close() {
        service.close();
    }
}
