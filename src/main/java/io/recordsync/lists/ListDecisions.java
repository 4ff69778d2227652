package io.recordsync.lists;

import io.recordsync.deletion.ListJoin;
import io.recordsync.deletion.ListRules;
import io.recordsync.deletion.ListWord;
import io.recordsync.deletion.ListedList;
import io.recordsync.deletion.Problem;
import io.recordsync.inbox.FoundList;
import io.recordsync.inbox.FoundLists.Found;
import io.recordsync.inbox.Membership;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a look-up changes: which lists join, ask, vanish or are back, and what is reported of them. Nothing is read or written here.
 *
 * @param found for the inbox
 * @param announced for a person, each once
 */
record ListDecisions(Found found, List<Problem> announced) {

    /** How many names a message lists. */
    private static final int MAX_NAMED = 5;

    /** The lists that were expected, and are to be asked for because the look-up did not show them. */
    static List<String> expected(LookUp look, Collection<FoundList> known) {
        return findsNone(look, known)
                ? List.of()
                : known.stream()
                        .filter(list -> list.served() || waits(list))
                        .filter(list -> !look.seen().containsKey(list.id()))
                        .filter(list -> !(list.retired() && list.askedToday()))
                        .map(FoundList::id)
                        .toList();
    }

    /** Whether it matched by its name, and has not joined yet. */
    private static boolean waits(FoundList list) {
        return list.membership() == Membership.ASKS || list.membership() == Membership.FILLING;
    }

    /** Whether nothing is there of what was there so far: another account, or a permission that is gone. */
    private static boolean findsNone(LookUp look, Collection<FoundList> known) {
        List<FoundList> were = known.stream()
                .filter(list -> list.served() && list.vanishedAt() == null)
                .toList();
        return !were.isEmpty() && were.stream().noneMatch(list -> look.seen().containsKey(list.id()));
    }

    static ListDecisions of(LookUp look, Collection<FoundList> known, ListRules rules, ListJoin join, int most) {
        Map<String, FoundList> before = new TreeMap<>();
        known.forEach(list -> before.put(list.id(), list));
        if (findsNone(look, known)) {
            String none =
                    "None of the %s record lists that are served is among the %s that Talkdesk shows: is it the right account, and may the OAuth"
                                    .formatted(
                                            before.values().stream()
                                                    .filter(FoundList::served)
                                                    .count(),
                                            look.seen().size())
                            + " client see them? Nothing was changed";
            return new ListDecisions(
                    new Found(List.of(), Map.of(), false, Set.of(), Set.of(), Set.of(), Set.of(), none, ""), List.of());
        }
        return new Deciding(look, before, rules, join, most).decide();
    }

    private static final class Deciding {

        private final LookUp look;
        private final Map<String, FoundList> before;
        private final ListRules rules;
        private final ListJoin join;
        private final int most;
        private final List<ListedList> seen = new ArrayList<>();
        private final Map<String, Membership> members = new LinkedHashMap<>();
        private final Set<String> back = new LinkedHashSet<>();
        private final Set<String> vanished = new LinkedHashSet<>();
        private final Set<String> asked = new LinkedHashSet<>();
        private final Set<String> withdrawn = new LinkedHashSet<>();
        private final List<String> trouble = new ArrayList<>();
        private final List<Problem> announced = new ArrayList<>();

        Deciding(LookUp look, Map<String, FoundList> before, ListRules rules, ListJoin join, int most) {
            this.look = look;
            this.before = before;
            this.rules = rules;
            this.join = join;
            this.most = most;
        }

        ListDecisions decide() {
            List<ListedList> matching = look.seen().values().stream()
                    .filter(list -> rules.matches(list.name()))
                    .toList();
            boolean tooMany = matching.size() > most;
            if (tooMany) {
                trouble.add(
                        ("%s record lists match talkdesk.record-lists.matching and the bindings, more than talkdesk.record-lists.most = %s:"
                                        + " nothing new joins. Make the patterns narrower, or raise the limit")
                                .formatted(matching.size(), most));
            }
            look.seen().values().forEach(list -> see(list, tooMany));
            look.words().forEach(this::answered);
            String ambiguous = look.seen().values().stream()
                    .filter(list -> rules.isAmbiguous(list.id(), list.name()))
                    .limit(MAX_NAMED)
                    .map(list -> words(list.id(), list.name()))
                    .collect(Collectors.joining(", "));
            if (!ambiguous.isEmpty()) {
                trouble.add(
                        "Record lists are named for every entity and for some, by talkdesk.record-lists.of.<Entity>; the latter counts until one of"
                                + " them is taken away: " + ambiguous);
            }
            return new ListDecisions(
                    new Found(
                            seen,
                            members,
                            join == ListJoin.DRY_RUN,
                            back,
                            vanished,
                            asked,
                            withdrawn,
                            String.join("; ", trouble),
                            unmatched()),
                    announced);
        }

        /** A slip of the pen, or a list that is still to come. */
        private String unmatched() {
            List<String> patterns = rules.unmatched(
                    look.seen().values().stream().map(ListedList::name).toList());
            return patterns.isEmpty()
                    ? ""
                    : "None of the %s record lists that Talkdesk shows has a name that matches %s%s (* is any text, ? one character, and case counts)"
                            .formatted(
                                    look.seen().size(),
                                    patterns.stream().limit(MAX_NAMED).collect(Collectors.joining(", or ")),
                                    patterns.size() > MAX_NAMED ? ", …" : "");
        }

        private void see(ListedList list, boolean tooMany) {
            FoundList known = before.get(list.id());
            boolean matches = rules.matches(list.name());
            if (known != null) {
                seen.add(list);
                renamed(list, known, matches);
            }
            if (known != null && known.served()) {
                if (known.vanishedAt() != null) {
                    isBack(list.id(), list.name());
                }
                return;
            }
            boolean named = rules.ids().contains(list.id());
            boolean forgotten = known != null && known.membership() == Membership.FORGOTTEN;
            if (named && forgotten) {
                members.put(list.id(), Membership.CONFIGURED);
                announced.add(
                        new Problem("list_back", words(list.id(), list.name()) + " is there again, and is served"));
                return;
            }
            if (known != null && waits(known) && isRenamed(list, known, matches)) {
                withdrawn.add(list.id());
                return;
            }
            if (!matches || tooMany || known != null && isDecided(known)) {
                return;
            }
            if (known == null) {
                seen.add(list);
            }
            matches(list, known);
        }

        /** Whether it waits for a person already, or one has decided, or another process serves it by its id. */
        private static boolean isDecided(FoundList known) {
            boolean elsewhere = known.membership() == Membership.CONFIGURED && !known.left();
            return known.membership() == Membership.ASKS || known.membership() == Membership.DISMISSED || elsewhere;
        }

        private void matches(ListedList list, FoundList known) {
            String words = "%s, %s, %s matches by its name"
                    .formatted(
                            words(list.id(), list.name()),
                            list.identifierType().isEmpty() ? "of an unknown identifier type" : list.identifierType(),
                            list.recordsCount() == null ? "of an unknown size" : list.recordsCount() + " records");
            if (list.isFilling()) {
                members.put(list.id(), Membership.FILLING);
                if (known == null || known.membership() != Membership.FILLING) {
                    announced.add(
                            new Problem("list_matches", words + "; it is still loaded or validated, and waited for"));
                }
            } else if (join == ListJoin.ASK) {
                members.put(list.id(), Membership.ASKS);
                announced.add(new Problem(
                        "list_asks",
                        words + ": a person decides whether it joins (on the page, or POST /api/record-lists/join or"
                                + " /api/record-lists/dismiss)"));
            } else {
                members.put(list.id(), Membership.JOINED);
                announced.add(new Problem(
                        "list_joined",
                        words + " and has joined"
                                + (join == ListJoin.DRY_RUN ? "; its deletions are only rehearsed" : "")));
            }
        }

        private void renamed(ListedList list, FoundList known, boolean matches) {
            boolean joined = known.membership() == Membership.JOINED;
            if (joined && isRenamed(list, known, matches)) {
                announced.add(new Problem(
                        "list_renamed",
                        "Record list %s was renamed from '%s' to '%s', which matches no pattern: it stays joined (POST /api/record-lists/dismiss ends that)"
                                .formatted(list.id(), known.name(), list.name())));
            }
        }

        /** So that it no longer matches; a page may lack a name, which says nothing. */
        private boolean isRenamed(ListedList list, FoundList known, boolean matches) {
            return !matches && !list.name().isEmpty() && rules.matches(known.name());
        }

        private void answered(String id, ListWord word) {
            FoundList known = before.get(id);
            if (!known.served()) {
                if (word == ListWord.GONE) {
                    withdrawn.add(id);
                }
                return;
            }
            boolean hadVanished = known.vanishedAt() != null;
            if (word == ListWord.GONE && !hadVanished) {
                vanished.add(id);
                announced.add(new Problem(
                        "list_vanished",
                        words(id, known.name())
                                + " has vanished from Talkdesk: what is to be deleted from it waits until it is back, or until a person forgets"
                                + " it (on the page, or POST /api/record-lists/forget)"));
            } else if (word == ListWord.GONE) {
                asked.add(id);
            } else if (word == ListWord.THERE && hadVanished) {
                isBack(id, known.name());
            }
        }

        private void isBack(String id, String name) {
            back.add(id);
            announced.add(new Problem(
                    "list_back", words(id, name) + " is there again: it is swept, and checked for presence"));
        }

        private static String words(String id, String name) {
            return "Record list " + id + (name.isEmpty() ? "" : " (" + name + ")");
        }
    }
}
