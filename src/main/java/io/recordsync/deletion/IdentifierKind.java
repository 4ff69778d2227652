package io.recordsync.deletion;

/**
 * The three ways in which Talkdesk's bulk delete endpoint can be told which record is meant. A call never mixes them.
 */
public enum IdentifierKind {
    /** {@code external_provider} and {@code external_id}: what a change event gives. */
    EXTERNAL,
    /** {@code id}: Talkdesk's own record id, a UUID. */
    RECORD,
    /** {@code phone_number} in E.164 form: personal data, never logged and never shown whole. */
    PHONE
}
