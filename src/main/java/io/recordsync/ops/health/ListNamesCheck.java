package io.recordsync.ops.health;

import io.recordsync.inbox.FoundLists;

/**
 * Whether the record lists that were looked up last are those that the configuration means: not too many, none both for every entity and
 * for some, and not those of another account.
 */
public final class ListNamesCheck extends ReadinessCheck {

    private final FoundLists lists;

    public ListNamesCheck(FoundLists lists) {
        super("list-names");
        this.lists = lists;
    }

    @Override
    String trouble() {
        String trouble = lists.state().trouble();
        return trouble.isEmpty() ? null : trouble;
    }
}
