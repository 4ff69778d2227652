package io.recordsync.salesforce;

import java.io.IOException;

/** The user of Salesforce no longer sees what must be there: nothing may be concluded from what was not in its answers. */
public final class SightLostException extends IOException {

    SightLostException(String message) {
        super(message);
    }
}
