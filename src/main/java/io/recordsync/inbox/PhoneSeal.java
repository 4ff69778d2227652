package io.recordsync.inbox;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What is kept of a phone number once nothing is to be done with it: {@code hmac:} and the hex of HMAC-SHA256.
 *
 * <p>Keyed, because all phone numbers there are can be tried against a plain hash in minutes. Thread-safe.
 */
final class PhoneSeal {

    static final String PREFIX = "hmac:";

    private final SecretKeySpec key;

    /** With an empty key: a random one, known to nobody. */
    PhoneSeal(String key) {
        byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
        if (bytes.length == 0) {
            bytes = new byte[32];
            new SecureRandom().nextBytes(bytes);
        }
        this.key = new SecretKeySpec(bytes, "HmacSHA256");
    }

    String of(String number) {
        try {
            Mac mac = Mac.getInstance(key.getAlgorithm());
            mac.init(key);
            return PREFIX + HexFormat.of().formatHex(mac.doFinal(number.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HmacSHA256 is part of every Java runtime", e);
        }
    }
}
