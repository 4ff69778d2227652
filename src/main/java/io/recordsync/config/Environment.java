package io.recordsync.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * The variables that this process was started with, in UTF-8.
 *
 * <p>Java decodes them by the locale, and what a locale without UTF-8 ({@code LC_ALL=C}, a service or an image without {@code
 * LANG}) has no character for is lost. On Linux the bytes themselves are asked first.
 */
final class Environment {

    private static final Path BYTES = Path.of("/proc/self/environ");

    private Environment() {}

    static Map<String, String> ofProcess() {
        return of(System.getenv(), BYTES);
    }

    /** @param bytes where the variables stand, each ended by a NUL; what is not UTF-8 there stays as Java decoded it */
    static Map<String, String> of(Map<String, String> decoded, Path bytes) {
        Map<String, String> variables = new TreeMap<>(decoded);
        try {
            byte[] all = Files.readAllBytes(bytes);
            int begin = 0;
            for (int i = 0; i < all.length; i++) {
                if (all[i] == 0) {
                    enter(ByteBuffer.wrap(all, begin, i - begin), variables);
                    begin = i + 1;
                }
            }
        } catch (IOException e) {
            // Another system has no such file.
        }
        return variables;
    }

    private static void enter(ByteBuffer bytes, Map<String, String> variables) {
        try {
            String variable = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
            int sign = variable.indexOf('=', 1);
            if (sign > 0) {
                variables.replace(variable.substring(0, sign), variable.substring(sign + 1));
            }
        } catch (CharacterCodingException e) {
            // In another encoding, which the locale knows.
        }
    }
}
