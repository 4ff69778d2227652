package io.recordsync.oauth;

import io.recordsync.files.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.PrivateKey;
import java.security.UnrecoverableKeyException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Private keys, read from files: PEM, or a key store of a type that the JDK knows.
 *
 * <p>Messages name the file, what is in it and what is expected in it, never its content.
 */
final class PrivateKeys {

    private static final Pattern PEM = Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----");
    private static final Pattern PKCS8 =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

    /** How a key store begins: as all DER does (PKCS #12), or with a number of its own (JKS, JCEKS). */
    private static final int DER = 0x30;

    private static final List<Integer> JAVA_STORES = List.of(0xfe, 0xce);
    private static final List<String> ALGORITHMS = List.of("RSA", "EC", "EdDSA", "DSA", "DH", "XDH");
    private static final int MAX_BYTES = 1 << 20;

    private PrivateKeys() {}

    /** The PKCS #8 key in a PEM file. */
    static PrivateKey fromPem(Path file) throws IOException, GeneralSecurityException {
        byte[] content = content(file);
        if (isBinary(content)) {
            throw new GeneralSecurityException(
                    "no PEM in " + file + ": it is a key store (PKCS #12 or JKS) or a key in DER;"
                            + " openssl pkcs12 -in FILE -nodes -nocerts writes the key of a PKCS #12 file as PEM");
        }
        String text = new String(content, StandardCharsets.ISO_8859_1);
        Matcher pem = PKCS8.matcher(text);
        if (!pem.find()) {
            throw new GeneralSecurityException("no unencrypted PKCS #8 key (-----BEGIN PRIVATE KEY-----) in " + file
                    + found(text) + "; openssl pkcs8 -topk8 -nocrypt makes one of other forms");
        }
        try {
            return parsed(Base64.getMimeDecoder().decode(pem.group(1)));
        } catch (IllegalArgumentException | GeneralSecurityException e) {
            throw new GeneralSecurityException(
                    "the key in " + file + " cannot be read: it is damaged, or of a kind that"
                            + " this JVM does not know",
                    e);
        }
    }

    /** A key in a key store: the one of that alias, or where the alias is empty the only one. */
    static PrivateKey fromKeystore(Path file, String password, String alias)
            throws IOException, GeneralSecurityException {
        byte[] content = content(file);
        if (PEM.matcher(new String(content, StandardCharsets.ISO_8859_1)).find()) {
            throw new GeneralSecurityException(
                    "no key store in " + file + ": it is PEM; give a PEM file a name that ends in .pem or .key");
        }
        char[] secret = password.toCharArray();
        KeyStore keystore = opened(file, secret);
        String wanted = alias.isBlank() ? onlyKey(keystore, file) : alias;
        try {
            Key key = keystore.getKey(wanted, secret);
            if (key instanceof PrivateKey found) {
                return found;
            }
        } catch (UnrecoverableKeyException e) {
            throw new GeneralSecurityException(
                    "the key " + wanted + " in " + file + " has another password than the key store: give it the same",
                    e);
        }
        throw new GeneralSecurityException(
                "no private key " + wanted + " in " + file + " (it has the keys " + keys(keystore) + ")");
    }

    private static KeyStore opened(Path file, char[] password) throws IOException, GeneralSecurityException {
        try {
            return KeyStore.getInstance(file.toFile(), password);
        } catch (KeyStoreException e) {
            throw new GeneralSecurityException(
                    "no key store in " + file
                            + " (expected PKCS #12 or JKS, or PEM in a file whose name ends in .pem or .key)",
                    e);
        } catch (IOException e) {
            boolean wrong = e.getCause() instanceof UnrecoverableKeyException;
            throw new GeneralSecurityException(
                    wrong
                            ? "the password for " + file + " is wrong"
                            : "the key store " + file + " cannot be read: it is damaged, or its password is wrong",
                    e);
        }
    }

    private static byte[] content(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(MAX_BYTES);
        } catch (IOException e) {
            throw new IOException(file + " cannot be read: " + Refusal.words(file, e), e);
        }
    }

    private static boolean isBinary(byte[] content) {
        int first = content.length == 0 ? 0 : content[0] & 0xff;
        return first == DER
                        && new String(content, 0, Math.min(content.length, 64), StandardCharsets.ISO_8859_1)
                                .matches("(?s).*[\\x00-\\x08].*")
                || JAVA_STORES.contains(first);
    }

    /** What is there instead, by the first line of each block. */
    private static String found(String text) {
        List<String> blocks = new ArrayList<>();
        Matcher pem = PEM.matcher(text);
        while (pem.find() && blocks.size() < 5) {
            blocks.add(pem.group(1));
        }
        return blocks.isEmpty() ? "" : " (it has " + String.join(", ", blocks) + ")";
    }

    private static PrivateKey parsed(byte[] der) throws GeneralSecurityException {
        GeneralSecurityException last = null;
        for (String algorithm : ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
            } catch (GeneralSecurityException e) {
                last = e;
            }
        }
        throw last;
    }

    private static String onlyKey(KeyStore keystore, Path file) throws GeneralSecurityException {
        List<String> keys = keys(keystore);
        if (keys.isEmpty()) {
            throw new GeneralSecurityException("no private key in " + file + " (it has only certificates: "
                    + Collections.list(keystore.aliases()) + ")");
        }
        if (keys.size() > 1) {
            throw new GeneralSecurityException(
                    keys.size() + " keys in " + file + "; name the key's alias: one of " + keys);
        }
        return keys.get(0);
    }

    private static List<String> keys(KeyStore keystore) throws KeyStoreException {
        List<String> keys = new ArrayList<>();
        for (String alias : Collections.list(keystore.aliases())) {
            if (keystore.isKeyEntry(alias)) {
                keys.add(alias);
            }
        }
        return keys;
    }
}
