package io.recordsync.salesforce;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * An answer of getDeleted, read as a stream: chunks of what was deleted, and at the end the interval that they cover.
 *
 * <p>An answer may name 600,000 ids: never more than {@value #CHUNK} are in memory. An answer that is cut off
 * ends in {@link UncheckedIOException}. Not thread-safe.
 */
final class DeleteLog implements Iterator<List<DeleteLog.Deleted>> {

    static final int CHUNK = 1_000;

    private static final JsonFactory JSON = new JsonFactory();

    private final JsonParser parser;
    private final Instant unknown;
    private final End end;
    private boolean inRecords;
    private boolean ended;
    private Instant earliestDateAvailable;
    private Instant latestDateCovered;
    private List<Deleted> chunk;

    /** One record of the log, as it is written there. */
    record Deleted(String id, Instant at) {}

    /** Called once, when all chunks were given and the answer is complete; a time that it does not say is null. */
    interface End {
        void reached(Instant earliestDateAvailable, Instant latestDateCovered);
    }

    /** @param unknown the time of a deletion whose own cannot be read */
    DeleteLog(InputStream answer, Instant unknown, End end) throws IOException {
        this.unknown = unknown;
        this.parser = JSON.createParser(answer);
        this.end = end;
        expect(parser.nextToken(), JsonToken.START_OBJECT);
    }

    @Override
    public boolean hasNext() {
        try {
            if (chunk == null && !ended) {
                chunk = read();
            }
            return chunk != null;
        } catch (IOException e) {
            // Not its own message where it is the parser's, which quotes the answer.
            throw new UncheckedIOException(
                    e instanceof JacksonException
                            ? new IOException("Salesforce's answer to getDeleted is cut off or not JSON")
                            : e);
        }
    }

    @Override
    public List<Deleted> next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        List<Deleted> next = chunk;
        chunk = null;
        return next;
    }

    /** The next chunk; null at the end. */
    private List<Deleted> read() throws IOException {
        List<Deleted> read = new ArrayList<>();
        while (read.size() < CHUNK) {
            JsonToken token = parser.nextToken();
            if (inRecords && token == JsonToken.START_OBJECT) {
                read.add(deleted());
            } else if (inRecords) {
                expect(token, JsonToken.END_ARRAY);
                inRecords = false;
            } else if (token == JsonToken.FIELD_NAME) {
                field(parser.currentName());
            } else {
                expect(token, JsonToken.END_OBJECT);
                complete();
                break;
            }
        }
        return read.isEmpty() ? null : read;
    }

    private void field(String name) throws IOException {
        JsonToken value = parser.nextToken();
        switch (name) {
            case "deletedRecords" -> {
                if (value != JsonToken.VALUE_NULL) {
                    expect(value, JsonToken.START_ARRAY);
                    inRecords = true;
                }
            }
            case "earliestDateAvailable" -> earliestDateAvailable = time(name);
            case "latestDateCovered" -> latestDateCovered = time(name);
            default -> parser.skipChildren();
        }
    }

    private Deleted deleted() throws IOException {
        String id = "";
        Instant at = null;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            switch (name) {
                case "id" -> id = text();
                case "deletedDate" -> at = time(name);
                default -> parser.skipChildren();
            }
        }
        // Without a time it was deleted all the same, in what was asked for.
        return new Deleted(id, at == null ? unknown : at);
    }

    /** A value that is none is no reason to believe nothing else. */
    private Instant time(String name) throws IOException {
        String text = text();
        try {
            return SalesforceTime.read(name, text);
        } catch (IOException e) {
            return null;
        }
    }

    private String text() throws IOException {
        String text = parser.currentToken().isScalarValue() ? parser.getText() : "";
        parser.skipChildren();
        return text;
    }

    private void complete() throws IOException {
        ended = true;
        end.reached(earliestDateAvailable, latestDateCovered);
    }

    private static void expect(JsonToken token, JsonToken expected) throws IOException {
        if (token != expected) {
            throw new IOException("Salesforce's answer to getDeleted is cut off or not of the form expected");
        }
    }
}
