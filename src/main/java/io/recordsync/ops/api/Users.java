package io.recordsync.ops.api;

import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The users of a file as it was read once: who they are, what their passwords hash to, and what they may. Immutable. */
final class Users {

    /** Nobody. */
    static final Users NONE = new Users(Map.of());

    private final Map<String, User> byName;

    /**
     * One of them.
     *
     * @param hash of bcrypt, in the form of its crypt(3)
     * @param cost of that hash: each one more doubles the time that a verification takes
     * @param mayChange false: may only look
     */
    record User(String name, String hash, int cost, boolean mayChange) {

        /** Without the hash, which may be guessed from. */
        @Override
        public String toString() {
            return name;
        }
    }

    private Users(Map<String, User> byName) {
        this.byName = byName;
    }

    static Users of(Collection<User> users) {
        Map<String, User> byName = new LinkedHashMap<>();
        users.forEach(user -> byName.put(user.name(), user));
        return new Users(byName);
    }

    Optional<User> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    boolean isEmpty() {
        return byName.isEmpty();
    }

    /** The cost of the most expensive one: what a verification for nobody costs too. */
    int maxCost() {
        return byName.values().stream()
                .map(User::cost)
                .max(Comparator.naturalOrder())
                .orElse(UsersFile.MIN_COST);
    }

    boolean isSameAs(Users other) {
        return byName.equals(other.byName);
    }

    /** For the log: {@code ada, bob (may look)}. */
    @Override
    public String toString() {
        return byName.values().stream()
                .map(user -> user.mayChange() ? user.name() : user.name() + " (may look)")
                .collect(Collectors.joining(", "));
    }
}
