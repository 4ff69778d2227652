package io.recordsync.config;

import static io.recordsync.config.Form.durationAtLeast;
import static io.recordsync.config.Form.durationBetween;
import static io.recordsync.config.Form.listOf;
import static io.recordsync.config.Form.text;
import static io.recordsync.config.Form.wholeNumber;
import static io.recordsync.config.Form.word;
import static io.recordsync.config.Form.zeroOr;
import static io.recordsync.config.Table.essentialOrEmpty;
import static io.recordsync.config.Table.often;
import static io.recordsync.config.Table.rarely;

import io.recordsync.deletion.ListJoin;
import java.time.Duration;
import java.util.List;

/**
 * The keys that say which record lists are served. They enter the table where {@link Keys} names them first; those of {@link
 * ListBindings} are not in it, because their names end with an entity's.
 */
final class ListKeys {

    static final Key<List<String>> IDS = essentialOrEmpty(
            "talkdesk.record-lists",
            listOf(
                    "ids of record lists (1 to 36 letters, digits, - or _), separated by commas, none twice",
                    ListBindings.ID),
            "The record lists to delete from; every deletion goes to each of them; it may be empty where"
                    + " `talkdesk.record-lists.matching` or `talkdesk.record-lists.of.<Entity>` names lists.");
    static final Key<List<String>> MATCHING = often(
            "talkdesk.record-lists.matching",
            "",
            listOf(
                    "patterns of list names (* is any text, ? one character), separated by commas, none twice",
                    ".{1,120}"),
            "Patterns of the names of further lists, case as written, such as `SF *`; they are looked up in Talkdesk.");
    static final Key<ListJoin> JOIN = often(
            "talkdesk.record-lists.join",
            "ask",
            word(ListJoin.class),
            "What a list that newly matches does: it is served at once, its deletions are only rehearsed, or it waits for a person.");
    static final Key<Duration> REFRESH = rarely(
            "talkdesk.record-lists.refresh",
            "10m",
            zeroOr(durationAtLeast(Duration.ofMillis(500))),
            "How often the record lists are looked up, for their names and for new ones; 0 means only by order (`POST"
                    + " /api/record-lists/refresh`).");
    static final Key<Integer> MOST = rarely(
            "talkdesk.record-lists.most",
            "200",
            wholeNumber(1, 10_000),
            "How many lists the patterns may match; where they match more, nothing new joins.");
    static final Key<Duration> GONE_AFTER = rarely(
            "talkdesk.record-lists.gone-after",
            "7d",
            durationBetween(Duration.ofSeconds(1), Duration.ofDays(400)),
            "How long after it vanished from Talkdesk a list is retired: asked for once a day.");
    static final Key<String> RECORDS_SCOPE = rarely(
            "talkdesk.records-scope",
            "tod.records-list.manage",
            text(),
            "The scope of the token that records are read with; where it is not granted, they are read with that of"
                    + " `talkdesk.scope`.");

    private ListKeys() {}
}
