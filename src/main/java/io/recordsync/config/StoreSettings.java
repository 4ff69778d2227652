package io.recordsync.config;

/** The database. User and password are PostgreSQL's; empty: none. */
public record StoreSettings(String url, String user, Secret password) {

    /** The parameters of the URL may hold a password. */
    @Override
    public String toString() {
        return "StoreSettings[url=%s, user=%s, password=%s]".formatted(Shown.withoutCredentials(url), user, password);
    }
}
