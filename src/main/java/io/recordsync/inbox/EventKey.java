package io.recordsync.inbox;

import io.recordsync.inbox.database.JsonRows;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.UUID;

/**
 * An event key as the table of deletions holds it, without loss.
 *
 * <p>That of a change event ({@code <transaction key>/<sequence number>}) is the 16 bytes of the UUID and the number, seven bits a byte,
 * the highest first, each but the last with its high bit set. Any other key is its text and the byte {@code ff}, which ends no number. The migrations
 * and the view {@code deletion} do the same in SQL.
 */
final class EventKey {

    /** That of a change event, a digit for each {@code x}; the sequence number follows. */
    private static final String CHANGE_EVENT = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx/";

    private static final int MAX_SEQUENCE_DIGITS = 10;
    private static final int UUID_LENGTH = 36;
    private static final int UUID_BYTES = 16;
    private static final byte TEXT = (byte) 0xff;

    private EventKey() {}

    /** In hexadecimal digits, as {@code {bytes …}} takes them. */
    static String digits(String key) {
        return HexFormat.of().formatHex(bytes(key));
    }

    static byte[] bytes(String key) {
        if (isOfChangeEvent(key)) {
            long sequence = Long.parseLong(key, UUID_LENGTH + 1, key.length(), 10);
            if (sequence <= Integer.MAX_VALUE) {
                return bytes(UUID.fromString(key.substring(0, UUID_LENGTH)), (int) sequence);
            }
        }
        byte[] text = JsonRows.storable(key).getBytes(StandardCharsets.UTF_8);
        byte[] bytes = Arrays.copyOf(text, text.length + 1);
        bytes[text.length] = TEXT;
        return bytes;
    }

    /** By hand: this is asked of every event, and a regular expression takes several times as long. */
    private static boolean isOfChangeEvent(String key) {
        int digits = key.length() - CHANGE_EVENT.length();
        if (digits < 1 || digits > MAX_SEQUENCE_DIGITS || digits > 1 && key.charAt(CHANGE_EVENT.length()) == '0') {
            return false;
        }
        for (int i = 0; i < key.length(); i++) {
            char c = key.charAt(i);
            boolean digit = c >= '0' && c <= '9';
            boolean fits = i >= CHANGE_EVENT.length()
                    ? digit
                    : CHANGE_EVENT.charAt(i) == 'x' ? digit || c >= 'a' && c <= 'f' : c == CHANGE_EVENT.charAt(i);
            if (!fits) {
                return false;
            }
        }
        return true;
    }

    private static byte[] bytes(UUID transaction, int sequence) {
        int length = sequence == 0 ? 1 : (Integer.SIZE - Integer.numberOfLeadingZeros(sequence) + 6) / 7;
        ByteBuffer bytes = ByteBuffer.allocate(UUID_BYTES + length)
                .putLong(transaction.getMostSignificantBits())
                .putLong(transaction.getLeastSignificantBits());
        for (int left = length - 1; left >= 0; left--) {
            bytes.put((byte) (sequence >> 7 * left & 0x7f | (left > 0 ? 0x80 : 0)));
        }
        return bytes.array();
    }

    static String text(byte[] bytes) {
        int last = bytes.length - 1;
        if (bytes[last] == TEXT) {
            return new String(bytes, 0, last, StandardCharsets.UTF_8);
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        UUID transaction = new UUID(buffer.getLong(), buffer.getLong());
        int sequence = 0;
        while (buffer.hasRemaining()) {
            sequence = sequence << 7 | buffer.get() & 0x7f;
        }
        return transaction + "/" + sequence;
    }
}
