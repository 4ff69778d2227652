package io.recordsync.inbox;

/** Where the inbox is kept, as the configuration says; set once, then opened by {@link Store}. */
public final class Database {

    private String url;
    private String user;
    private String password;

    public void setUrl(String url) {
        this.url = url;
    }

    public void setUser(String user) {
        this.user = user;
    }

    public void setPassword(String password) {
        this.password = password;
    }

    Store open() {
        return Store.open(url, user, password);
    }

    Store openToRead() {
        return Store.openToRead(url, user, password);
    }

    void probe() {
        Store.probe(url, user, password);
    }
}
