package io.recordsync.config;

/** How the service proves to Talkdesk who it is. */
public enum TalkdeskAuth {
    /** Client id and secret by HTTP basic. */
    BASIC,
    /** Signed with a key instead of sending a secret. */
    PRIVATE_KEY_JWT
}
