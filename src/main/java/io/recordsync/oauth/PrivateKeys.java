package io.recordsync.oauth;

import io.recordsync.files.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Private keys, read from files.
 *
 * <p>Messages name the file and what is expected in it, never its content.
 */
final class PrivateKeys {

    private static final Pattern PKCS8 =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

    private PrivateKeys() {}

    /** The PKCS #8 key in a PEM file. */
    static PrivateKey fromPem(Path file, String algorithm) throws IOException, GeneralSecurityException {
        requireReadable(file);
        Matcher pem = PKCS8.matcher(Files.readString(file));
        if (!pem.find()) {
            throw new GeneralSecurityException("no unencrypted PKCS #8 key (-----BEGIN PRIVATE KEY-----) in " + file
                    + "; openssl pkcs8 -topk8 -nocrypt makes one of other forms");
        }
        try {
            byte[] der = Base64.getMimeDecoder().decode(pem.group(1));
            return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
        } catch (IllegalArgumentException | GeneralSecurityException e) {
            throw new GeneralSecurityException("the key in " + file + " is no " + algorithm + " key", e);
        }
    }

    /** A key in a keystore of any type the JDK knows: the one of that alias, or where the alias is empty the only one. */
    static PrivateKey fromKeystore(Path file, String password, String alias)
            throws IOException, GeneralSecurityException {
        requireReadable(file);
        char[] secret = password.toCharArray();
        KeyStore keystore = KeyStore.getInstance(file.toFile(), secret);
        if (keystore.getKey(alias.isBlank() ? onlyKey(keystore, file) : alias, secret) instanceof PrivateKey key) {
            return key;
        }
        throw new GeneralSecurityException("no private key " + alias + " in " + file);
    }

    private static void requireReadable(Path file) throws IOException {
        try {
            Files.newInputStream(file).close();
        } catch (IOException e) {
            throw new IOException(file + " cannot be read: " + Refusal.words(file, e), e);
        }
    }

    private static String onlyKey(KeyStore keystore, Path file) throws GeneralSecurityException {
        List<String> aliases = Collections.list(keystore.aliases());
        if (aliases.size() != 1) {
            throw new GeneralSecurityException(
                    aliases.size() + " entries in " + file + "; name the key's alias: one of " + aliases);
        }
        return aliases.get(0);
    }
}
