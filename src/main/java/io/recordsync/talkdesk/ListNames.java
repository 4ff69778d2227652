package io.recordsync.talkdesk;

import io.recordsync.config.ListSettings;
import io.recordsync.deletion.ListJoin;
import io.recordsync.deletion.ListPages;
import io.recordsync.deletion.ListRules;
import io.recordsync.deletion.ListedList;
import io.recordsync.doctor.Answer;
import io.recordsync.doctor.Asker;
import io.recordsync.doctor.Findings;
import io.recordsync.oauth.Token;
import io.recordsync.talkdesk.RecordPage.RefusedException;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What the patterns of names mean in Talkdesk: which record lists each takes, and which of them join, and how.
 *
 * <p>Every page is read, as a look-up does; what a person has decided about a list already stands in the inbox, which is not asked.
 */
final class ListNames {

    private static final String CHECK = "talkdesk list names";
    /** Lists that a line names. */
    private static final int MAX_NAMED = 10;

    private final Asker asker;
    private final String apiUrl;
    private final ListSettings settings;
    private final ListRules rules;

    ListNames(Asker asker, String apiUrl, ListSettings settings) {
        this.asker = asker;
        this.apiUrl = apiUrl;
        this.settings = settings;
        this.rules = settings.rules();
    }

    /** @return the ids of those that are served without a person's word */
    List<String> examine(Findings findings, Optional<Token> token) {
        if (!rules.namesLists()) {
            return List.of();
        }
        if (token.isEmpty()) {
            findings.skip(CHECK, "because the login failed");
            return List.of();
        }
        try {
            return judge(findings, read(token.get()));
        } catch (RefusedException e) {
            findings.fail(CHECK, e.getMessage());
        } catch (IOException | IllegalStateException e) {
            findings.warn(CHECK, "not known yet, " + e.getMessage() + " → try again");
        }
        return List.of();
    }

    private Collection<ListedList> read(Token token) throws IOException {
        ListPages pages = new ListPages();
        while (pages.unfinished()) {
            Answer answer = asker.get(apiUrl + "/record-lists?" + pages.next(), token.value());
            ListPage page = ListPage.read(answer.status(), answer.body(), apiUrl);
            pages.read(page.lists(), page.total(), page.next());
        }
        return pages.seen().values();
    }

    private List<String> judge(Findings findings, Collection<ListedList> lists) {
        List<ListedList> matching =
                lists.stream().filter(list -> rules.matches(list.name())).toList();
        rules.patternsByKey()
                .forEach((key, patterns) -> patterns.forEach(pattern -> pattern(findings, key, pattern, lists)));
        List<ListedList> otherTypes = matching.stream()
                .filter(list -> !list.identifierType().equals("EXTERNAL"))
                .toList();
        if (!otherTypes.isEmpty()) {
            findings.warn(
                    CHECK,
                    "not of the type EXTERNAL, so that records may lack the external id, and are not found then: "
                            + named(otherTypes) + " → use lists of the type EXTERNAL");
        }
        List<ListedList> ambiguous = lists.stream()
                .filter(list -> rules.isAmbiguous(list.id(), list.name()))
                .toList();
        if (!ambiguous.isEmpty()) {
            findings.fail(
                    CHECK,
                    "named for every entity and for some, by talkdesk.record-lists.of.<Entity>; the latter counts: "
                            + named(ambiguous) + " → take one of them away");
        }
        if (matching.size() > settings.most()) {
            findings.fail(
                    CHECK,
                    "%s record lists match, more than talkdesk.record-lists.most = %s: nothing new joins → make the patterns narrower, or raise the limit"
                            .formatted(matching.size(), settings.most()));
            return List.of();
        }
        return join(findings, matching);
    }

    private void pattern(Findings findings, String key, String pattern, Collection<ListedList> lists) {
        List<ListedList> taken = lists.stream()
                .filter(list -> ListRules.matches(pattern, list.name()))
                .toList();
        if (taken.isEmpty()) {
            findings.warn(
                    CHECK,
                    "'%s' of %s matches none of the %s record lists → is it written as they are named? * is any text, ? one character, and case counts"
                            .formatted(pattern, key, lists.size()));
        } else {
            findings.ok(
                    CHECK,
                    "'%s' of %s matches %s of the %s record lists: %s"
                            .formatted(pattern, key, taken.size(), lists.size(), named(taken)));
        }
    }

    /** What becomes of those that are not served by their ids anyway. */
    private List<String> join(Findings findings, List<ListedList> matching) {
        List<ListedList> byName = matching.stream()
                .filter(list -> rules.ids().stream().noneMatch(list.id()::equalsIgnoreCase))
                .toList();
        List<ListedList> filling = byName.stream().filter(ListedList::isFilling).toList();
        if (!filling.isEmpty()) {
            findings.ok(CHECK, "still loaded or validated, and waited for: " + named(filling));
        }
        List<ListedList> ready =
                byName.stream().filter(list -> !list.isFilling()).toList();
        if (!ready.isEmpty()) {
            findings.ok(
                    CHECK,
                    switch (settings.join()) {
                                case LIVE -> "join at once";
                                case DRY_RUN -> "join, and their deletions are only rehearsed";
                                case ASK -> "wait for a person to let them join, unless one has decided";
                            } + " (talkdesk.record-lists.join): " + named(ready));
        }
        return settings.join() == ListJoin.LIVE
                ? ready.stream().map(ListedList::id).toList()
                : List.of();
    }

    private static String named(List<ListedList> lists) {
        return lists.stream()
                        .limit(MAX_NAMED)
                        .map(list -> list.id() + (list.name().isEmpty() ? "" : " (" + list.name() + ")"))
                        .collect(Collectors.joining(", "))
                + (lists.size() > MAX_NAMED ? " and " + (lists.size() - MAX_NAMED) + " more" : "");
    }
}
