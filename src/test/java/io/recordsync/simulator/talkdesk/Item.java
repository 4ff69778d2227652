package io.recordsync.simulator.talkdesk;

/** One item of a bulk delete body, in one of the three documented forms. */
public sealed interface Item {

    /** The record id, the phone number or the external id, without its provider. */
    String identifier();

    /** {@code {"id": …}}: the record id that Talkdesk gave. */
    record ById(String id) implements Item {
        @Override
        public String identifier() {
            return id;
        }
    }

    /** {@code {"phone_number": …}}. */
    record ByPhoneNumber(String phoneNumber) implements Item {
        @Override
        public String identifier() {
            return phoneNumber;
        }
    }

    /** {@code {"external_provider": …, "external_id": …}}. */
    record ByExternalId(String externalProvider, String externalId) implements Item {
        @Override
        public String identifier() {
            return externalId;
        }
    }
}
