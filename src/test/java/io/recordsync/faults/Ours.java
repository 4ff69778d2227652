package io.recordsync.faults;

import io.recordsync.stories.Service;
import java.time.Duration;

/** The packaged service with its shipped configuration, every time in it divided by the scale. */
final class Ours extends Subject {

    final Service service;

    Ours(World world) throws Exception {
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
        with("batch.linger", Duration.ofSeconds(1));
        service.with("delivery.rate", Integer.toString(5 * Scale.FACTOR));
    }

    Ours with(String key, Duration real) {
        service.with(key, Scale.millis(real));
        return this;
    }

    @Override
    void start() throws Exception {
        service.startSubscribed();
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
