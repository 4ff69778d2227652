package io.recordsync.config;

/**
 * By what the page and all that is served beside it speak TLS.
 *
 * @param keystore a key store; empty: they speak plain HTTP
 * @param password of the key store and of its key
 */
public record OpsTls(String keystore, Secret password) {

    /** Plain HTTP. */
    public static final OpsTls NONE = new OpsTls("", Secret.NONE);

    public boolean isSet() {
        return !keystore.isEmpty();
    }
}
