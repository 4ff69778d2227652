package io.recordsync;

import io.micrometer.core.instrument.MeterRegistry;
import io.recordsync.config.CallbackMode;
import io.recordsync.config.CallbackSettings;
import io.recordsync.config.Settings;
import io.recordsync.deletion.DeliveryMode;
import io.recordsync.inbox.CallbackBook;
import io.recordsync.lists.CallbackTokens;
import io.recordsync.lists.Callbacks;
import io.recordsync.lists.Callbacks.Policy;
import io.recordsync.network.Outbound;
import io.recordsync.oauth.AccessTokens;
import io.recordsync.ops.health.CallbackMetrics;
import java.util.Collection;
import java.util.function.Supplier;

/** What looks after the callbacks of deleted people: the part of {@link Wiring} that no deletion depends on. */
final class CallbackWiring {

    private CallbackWiring() {}

    /**
     * @param served the record lists that are served
     * @param mode of the delivery
     */
    static void build(
            Settings settings,
            Beans beans,
            CallbackBook book,
            Supplier<? extends Collection<String>> served,
            DeliveryMode mode,
            Outbound outbound,
            MeterRegistry registry) {
        CallbackSettings callbacks = settings.talkdesk().callbacks();
        beans.own("recordsyncCallbackTokens", tokens(settings, outbound));
        CallbackMetrics metrics = new CallbackMetrics(registry, book, callbacks.on());
        beans.own(
                "recordsyncCallbacks",
                new Callbacks(
                        book,
                        served,
                        new Policy(
                                callbacks.on(),
                                callbacks.mode() == CallbackMode.CANCEL,
                                callbacks.period(),
                                callbacks.most()),
                        mode,
                        metrics::cancelled));
    }

    private static CallbackTokens tokens(Settings settings, Outbound outbound) {
        return new CallbackTokens(
                reading(settings, outbound),
                cancelling(settings, outbound),
                settings.talkdesk().callbacks().scope());
    }

    static AccessTokens reading(Settings settings, Outbound outbound) {
        String scope = settings.talkdesk().callbacks().scope();
        return Grants.tokensOfTalkdesk(settings, CallbackTokens.toRead(scope), outbound);
    }

    static AccessTokens cancelling(Settings settings, Outbound outbound) {
        String scope = settings.talkdesk().callbacks().scope();
        return Grants.tokensOfTalkdesk(settings, CallbackTokens.toCancel(scope), outbound);
    }
}
