package io.recordsync.inbox;

import io.recordsync.inbox.database.JsonRows;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
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
    private static final String TEXT_DIGITS = "ff";

    private EventKey() {}

    static byte[] bytes(String key) {
        return HexFormat.of().parseHex(digits(key));
    }

    /** In hexadecimal digits, as {@code {bytes …}} takes them. */
    static String digits(String key) {
        if (isOfChangeEvent(key)) {
            long sequence = Long.parseLong(key, UUID_LENGTH + 1, key.length(), 10);
            if (sequence <= Integer.MAX_VALUE) {
                return digits(key, (int) sequence);
            }
        }
        return HexFormat.of().formatHex(JsonRows.storable(key).getBytes(StandardCharsets.UTF_8)) + TEXT_DIGITS;
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

    private static String digits(String key, int sequence) {
        StringBuilder digits = new StringBuilder(2 * (UUID_BYTES + 1));
        for (int i = 0; i < UUID_LENGTH; i++) {
            if (CHANGE_EVENT.charAt(i) == 'x') {
                digits.append(key.charAt(i));
            }
        }
        int length = sequence == 0 ? 1 : (Integer.SIZE - Integer.numberOfLeadingZeros(sequence) + 6) / 7;
        for (int left = length - 1; left >= 0; left--) {
            HexFormat.of().toHexDigits(digits, (byte) (sequence >> 7 * left & 0x7f | (left > 0 ? 0x80 : 0)));
        }
        return digits.toString();
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
