package io.recordsync.inbox;

import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** The record lists that are served now. Thread-safe. */
public interface ServedLists {

    /** Another list each time that anything of it has changed, and the same one until then. */
    List<ServedList> served();

    default List<String> ids() {
        return served().stream().map(ServedList::id).toList();
    }

    default Optional<ServedList> find(String id) {
        return served().stream().filter(list -> list.id().equals(id)).findFirst();
    }

    /** The id, and the name where it is known: for logs and messages. */
    default String named(String id) {
        return find(id).map(ServedList::name)
                .filter(name -> !name.isEmpty())
                .map(name -> id + " (" + name + ")")
                .orElse(id);
    }

    /** Those that never change, as in a test. */
    static ServedLists of(Collection<String> ids) {
        List<ServedList> lists = ids.stream().map(ServedList::of).toList();
        return () -> lists;
    }
}
