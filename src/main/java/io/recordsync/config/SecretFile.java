package io.recordsync.config;

import io.recordsync.files.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/**
 * The file that a secret is in: a mounted one, or a credential of systemd.
 *
 * <p>The secret is its whole content in UTF-8, but for one line end at its end. A relative path is looked for in {@code
 * $CREDENTIALS_DIRECTORY} first, which systemd names at run time only.
 */
final class SecretFile {

    /** What is behind the name of a secret's key, to name its file. */
    static final String SUFFIX = ".file";

    private static final int MAX_BYTES = 64 * 1024;

    private SecretFile() {}

    /** Whether a name is that of a secret's key with the suffix. */
    static boolean isNamedBy(String name) {
        return name.endsWith(SUFFIX) && Keys.isSecret(name.substring(0, name.length() - SUFFIX.length()));
    }

    /**
     * @param file its path, as it was set
     * @param environment the environment by name
     */
    static Value read(Value file, UnaryOperator<String> environment) {
        if (file.mistake() != null) {
            return file;
        }
        try {
            return read(file, path(file.text(), environment));
        } catch (InvalidPathException e) {
            return refused(file, "expected the path of a file");
        }
    }

    private static Path path(String text, UnaryOperator<String> environment) {
        Path path = Path.of(text);
        String credentials = environment.apply("CREDENTIALS_DIRECTORY");
        if (credentials == null || path.isAbsolute()) {
            return path;
        }
        Path credential = Path.of(credentials).resolve(path);
        return Files.exists(credential) ? credential : path;
    }

    private static Value read(Value file, Path path) {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(path)) {
            bytes = in.readNBytes(MAX_BYTES + 1);
        } catch (IOException e) {
            return refused(file, "cannot be read: " + Refusal.words(path, e));
        }
        if (bytes.length > MAX_BYTES) {
            return refused(file, "it is larger than 64 KiB; expected a file with the secret alone");
        }
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString()
                    .replaceFirst("^\\uFEFF", "")
                    .replaceFirst("\\r?\\n\\z", "");
            return text.isBlank()
                    ? refused(file, "it is empty; expected the secret")
                    : new Value(file.name(), text, file.source());
        } catch (CharacterCodingException e) {
            return refused(file, "it is not UTF-8; save it as UTF-8");
        }
    }

    private static Value refused(Value file, String why) {
        return Value.refused(
                file.name(), "%s = %s: %s".formatted(file.named(), Shown.line(file.text()), why), file.source());
    }
}
