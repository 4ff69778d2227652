/** The access token, for both ends: Salesforce and Talkdesk grant in the same way. JDK, Jackson and nimbus-jose-jwt only. */
package io.recordsync.oauth;
