/**
 * The {@code salesforce-stream} Camel component: a subscriber of Salesforce's Pub/Sub API that loses no event.
 *
 * <p>Its promise: a position is saved only when every event up to it has been accepted, and whatever ends the stream, it
 * is opened again from there.
 */
package io.recordsync.salesforce.stream;
