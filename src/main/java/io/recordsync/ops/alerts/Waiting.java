package io.recordsync.ops.alerts;

import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Something that waits for a person, and is told at once.
 *
 * @param subject its name, as a check has one
 * @param now how much of it there is
 * @param nothing the words when it is over
 */
public record Waiting(String subject, Supplier<Amount> now, String nothing) {

    private static final int MAX_NAMED = 20;

    /** How many there are, and in words. */
    public record Amount(long number, String words) {}

    /** @param parked how many deletions are */
    public static Waiting deadLetters(LongSupplier parked) {
        return new Waiting(
                "dead-letters",
                () -> {
                    long number = parked.getAsLong();
                    return new Amount(
                            number,
                            ("%s parked: a person has to redrive or discard them (on the page, or POST"
                                            + " /api/deletions/redrive or /api/deletions/discard)")
                                    .formatted(number == 1 ? "1 deletion is" : number + " deletions are"));
                },
                "No deletion is parked any more");
    }

    /** @param asking the record lists that match by their name and have not joined, as people know them */
    public static Waiting listsThatAsk(Supplier<List<String>> asking) {
        return new Waiting(
                "record-lists-ask",
                () -> {
                    List<String> lists = asking.get();
                    String named = lists.stream().limit(MAX_NAMED).collect(Collectors.joining(", "));
                    return new Amount(
                            lists.size(),
                            ("%s to join: a person has to decide (on the page, or POST /api/record-lists/join or"
                                            + " /api/record-lists/dismiss): %s%s")
                                    .formatted(
                                            lists.size() == 1
                                                    ? "1 record list asks"
                                                    : lists.size() + " record lists ask",
                                            named,
                                            lists.size() > MAX_NAMED ? ", …" : ""));
                },
                "No record list asks to join any more");
    }
}
