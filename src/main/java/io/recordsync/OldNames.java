package io.recordsync;

import io.recordsync.deletion.Intake;
import io.recordsync.inbox.Intakes;
import io.recordsync.inbox.JdbcQueue;
import io.recordsync.inbox.Retention;
import io.recordsync.inbox.Session;
import io.recordsync.ops.api.OpsHttpServer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.CamelContext;
import org.apache.camel.spi.BeanRepository;
import org.apache.camel.spi.Registry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The names that beans had before they got a prefix, for route files of a site: in our own Camel Main they answer for one more
 * release, each with a line in the log. A site's own bean of such a name comes first.
 */
final class OldNames implements BeanRepository {

    private static final Logger LOG = LoggerFactory.getLogger(OldNames.class);

    private static final String INBOX = "inbox";
    private static final String PLATFORM_HTTP = "platform-http";

    /** Those that shipped route files and the documentation have shown. */
    static final Set<String> NAMES = Set.of(
            "callRate",
            "changeEvents",
            "claims",
            "clock",
            "deletionView",
            "deliveryMode",
            "doctor",
            "frontDoor",
            "gapChecks",
            "gate",
            "health",
            "history",
            "historyView",
            INBOX,
            "metrics",
            "orders",
            "outboundConnections",
            "outboundHttp",
            "pageFiles",
            "presenceChecks",
            "problemAnswer",
            "processCheck",
            "receipts",
            "salesforceAccess",
            "salesforceToken",
            "status",
            "streamStatus",
            "sweeps",
            "talkdeskToken",
            "outbound");

    private final CamelContext context;
    private final Set<String> reported = ConcurrentHashMap.newKeySet();
    /** The name that is being looked up, so that the registry may be asked for a site's own. */
    private final ThreadLocal<String> asking = new ThreadLocal<>();

    OldNames(CamelContext context) {
        this.context = context;
    }

    @Override
    public Object lookupByName(String name) {
        return lookupByNameAndType(name, Object.class);
    }

    @Override
    public <T> T lookupByNameAndType(String name, Class<T> type) {
        if (!NAMES.contains(name) && !name.equals(PLATFORM_HTTP) || name.equals(asking.get())) {
            return null;
        }
        asking.set(name);
        try {
            return context.getRegistry().lookupByName(name) == null ? ours(name, type) : null;
        } finally {
            asking.remove();
        }
    }

    private <T> T ours(String name, Class<T> type) {
        if (name.equals(PLATFORM_HTTP)) {
            Object component = context.getComponent(OpsHttpServer.SCHEME);
            report(name + ":", OpsHttpServer.SCHEME + ":");
            return type.isInstance(component) ? type.cast(component) : null;
        }
        if (name.equals(INBOX)) {
            OldInbox inbox = new OldInbox(context.getRegistry());
            report(name, "recordsyncIntakes, recordsyncQueue, recordsyncSession or recordsyncRetention");
            return type.isInstance(inbox) ? type.cast(inbox) : null;
        }
        String now = Wiring.PREFIX + Character.toUpperCase(name.charAt(0)) + name.substring(1);
        T bean = context.getRegistry().lookupByNameAndType(now, type);
        if (bean != null) {
            report(name, now);
        }
        return bean;
    }

    private void report(String old, String now) {
        if (reported.add(old)) {
            LOG.warn(
                    "A route uses {}, which is called {} now: change it, the next release does not know the old name",
                    old,
                    now);
        }
    }

    @Override
    public <T> Map<String, T> findByTypeWithName(Class<T> type) {
        return Map.of();
    }

    @Override
    public <T> Set<T> findByType(Class<T> type) {
        return Set.of();
    }

    /** What was one bean: the methods that routes called on it. Public for Camel. */
    public static final class OldInbox {

        private final Registry registry;

        OldInbox(Registry registry) {
            this.registry = registry;
        }

        public Intakes.Accepted accept(Intake intake) {
            return bean("recordsyncIntakes", Intakes.class).accept(intake);
        }

        public int rehearse(List<Long> ids) {
            JdbcQueue queue = bean("recordsyncQueue", JdbcQueue.class);
            return queue.rehearse(queue.inHand(ids));
        }

        public void heartbeat() {
            bean("recordsyncSession", Session.class).heartbeat();
        }

        public int forget() {
            return bean("recordsyncRetention", Retention.class).forget();
        }

        private <T> T bean(String name, Class<T> type) {
            return registry.lookupByNameAndType(name, type);
        }
    }
}
