package io.recordsync.config;

/** How the service proves to Salesforce who it is. */
public enum SalesforceAuth {
    CLIENT_CREDENTIALS,
    /** The JWT bearer flow: signed with a key instead of sending a secret. */
    JWT
}
