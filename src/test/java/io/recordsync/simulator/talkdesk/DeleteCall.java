package io.recordsync.simulator.talkdesk;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * One bulk delete call as it was seen when asked for.
 *
 * @param number counts the calls from 1, over all lists
 * @param arrivedNanos by {@link System#nanoTime()}
 * @param items empty where the body was not a documented one
 * @param headers names are case-insensitive
 * @param token the bearer token, or empty
 * @param status answered, or announced before the answer was cut; 0 until something was, and for good where
 *     nothing was
 * @param recordsDeleted records really taken out of the list by this call
 * @param confirmed answered with 200, totals and no errors: none of its items needs to be sent again
 * @param answeredNanos by {@link System#nanoTime()}, right before the answer was written; 0 until it was
 */
public record DeleteCall(
        int number,
        long arrivedNanos,
        String recordList,
        List<Item> items,
        byte[] body,
        Map<String, String> headers,
        String token,
        int status,
        Fate fate,
        int recordsDeleted,
        boolean confirmed,
        long answeredNanos) {

    /** What became of the answer. */
    public enum Fate {
        /** Not written yet, perhaps because calls or answers are held. */
        WAITING,
        /** Written whole to a client that was there. */
        ANSWERED,
        /** Cut, reset, never given, or the client had left. */
        LOST
    }

    static DeleteCall arrived(int number, long nanos, String recordList, List<Item> items, Request request) {
        return new DeleteCall(
                number,
                nanos,
                recordList,
                items,
                request.body(),
                request.headers(),
                request.bearer(),
                0,
                Fate.WAITING,
                0,
                false,
                0);
    }

    public String bodyText() {
        return new String(body, StandardCharsets.UTF_8);
    }

    /** What the items name, in their order. */
    public List<String> identifiers() {
        return items.stream().map(Item::identifier).toList();
    }

    DeleteCall deleted(int records) {
        return new DeleteCall(
                number,
                arrivedNanos,
                recordList,
                items,
                body,
                headers,
                token,
                status,
                fate,
                records,
                confirmed,
                answeredNanos);
    }

    DeleteCall answered(int answer, boolean nothingLeft, long nanos) {
        return new DeleteCall(
                number,
                arrivedNanos,
                recordList,
                items,
                body,
                headers,
                token,
                answer,
                Fate.ANSWERED,
                recordsDeleted,
                nothingLeft,
                nanos);
    }

    DeleteCall lost(int announced) {
        return new DeleteCall(
                number,
                arrivedNanos,
                recordList,
                items,
                body,
                headers,
                token,
                announced,
                Fate.LOST,
                recordsDeleted,
                false,
                answeredNanos);
    }
}
