/**
 * A Salesforce to test against: token endpoint, Pub/Sub API and the REST calls that tell what was deleted.
 *
 * <p>Imports nothing of the service, so that it cannot share its mistakes; {@link SalesforceSimulator} is the way in.
 */
package io.recordsync.simulator.salesforce;
