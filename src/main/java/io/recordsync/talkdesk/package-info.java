/** Talkdesk's Record Lists API: the requests, and the reading of its answers. Nothing else knows its JSON. */
package io.recordsync.talkdesk;
