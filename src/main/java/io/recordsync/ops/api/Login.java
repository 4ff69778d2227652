package io.recordsync.ops.api;

import java.util.function.BooleanSupplier;

/**
 * Who a caller has proved to be.
 *
 * @param name of the user, or {@code anonymous} where nobody has to say who they are
 * @param mayChange false: may only look
 * @param holds whether that is so still: a user may have been removed meanwhile
 */
record Login(String name, boolean mayChange, BooleanSupplier holds) {

    static Login of(String name) {
        return new Login(name, true, () -> true);
    }
}
