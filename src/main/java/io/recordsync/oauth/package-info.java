/** The access token, for both ends: Salesforce and Talkdesk grant in the same way. JDK, Jackson, nimbus-jose-jwt and the way out of the network only. */
package io.recordsync.oauth;
