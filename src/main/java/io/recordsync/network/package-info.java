/** The way out of the company network, the same for every connection: the proxy, and the certificates that are trusted. */
package io.recordsync.network;
