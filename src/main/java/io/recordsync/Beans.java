package io.recordsync;

import io.recordsync.inbox.InboxException;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the {@link Wiring} has built so far: by the names that routes know it by, and in the order in which it was opened.
 *
 * <p>Closing goes in the reverse order; what a site has brought is the site's to close. Not thread-safe while it is filled.
 */
final class Beans implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Beans.class);

    private final Site site;
    private final Map<String, Object> byName = new LinkedHashMap<>();
    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    Beans(Site site) {
        this.site = site;
    }

    /** What a site brings in place of ours; where it brings nothing, ours is made. */
    interface Site {

        /** A site that replaces nothing. */
        Site NONE = new Site() {
            @Override
            public <T> T replaced(String name, Class<T> type) {
                return null;
            }
        };

        /** @return null where the site brings no bean of this name */
        <T> T replaced(String name, Class<T> type);
    }

    /**
     * Ours, and not the site's to replace: a promise hangs on it.
     *
     * @throws IllegalStateException when the site has bound one of this name
     */
    <T> T own(String name, T bean) {
        if (site.replaced(name, Object.class) != null) {
            throw new IllegalStateException("The bean " + name
                    + " is bound already: it is the service's own and cannot be replaced; give yours another name");
        }
        byName.put(name, bean);
        return bean;
    }

    /** The site's where it brings one of this name. */
    <T> T replaceable(String name, Class<T> type, Supplier<? extends T> ours) {
        T theirs = site.replaced(name, type);
        T bean = theirs == null ? ours.get() : theirs;
        byName.put(name, bean);
        return bean;
    }

    /** Closed before all that was opened earlier. */
    <T extends AutoCloseable> T closing(T part) {
        open.push(part);
        return part;
    }

    Map<String, Object> byName() {
        return Collections.unmodifiableMap(byName);
    }

    @Override
    public void close() {
        // An interrupt ended another wait of this thread; it must not keep the session from being ended.
        Thread.interrupted();
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (InboxException e) {
                // A database that is away: nothing depends on it, and the next start does what was left.
                LOG.warn("A part of the service was not closed cleanly: {}", e.getMessage());
            } catch (Exception e) {
                LOG.warn("A part of the service was not closed cleanly: {}", e.getMessage(), e);
            }
        }
    }
}
