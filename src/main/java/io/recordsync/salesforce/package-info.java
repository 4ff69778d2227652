/** Reading what Salesforce says was deleted; {@code stream} is the Camel component that subscribes to it. */
package io.recordsync.salesforce;
