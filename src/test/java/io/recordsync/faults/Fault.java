package io.recordsync.faults;

import io.recordsync.stories.Service;

/**
 * Something that goes wrong, and how it is brought about.
 *
 * @param name once in the whole report
 * @param stock whether the stock route goes through it too
 * @param injection deletes contacts before, in and right after it; when it returns, the fault is over
 */
record Fault(String group, String name, boolean stock, Setting setting, Injection injection) {

    /** What has to be different before the start; of ours only. What it gives is closed at the end. */
    interface Setting {
        AutoCloseable before(World world, Service service) throws Exception;
    }

    interface Injection {
        void happen(World world, Subject subject) throws Exception;
    }

    static Fault of(String group, String name, Injection injection) {
        return new Fault(group, name, true, (world, service) -> () -> {}, injection);
    }

    /** The stock route has nothing that this could be done to. */
    static Fault ours(String group, String name, Injection injection) {
        return new Fault(group, name, false, (world, service) -> () -> {}, injection);
    }

    Fault with(Setting before) {
        return new Fault(group, name, stock, before, injection);
    }
}
