/** Talkdesk's Record Lists API: the one request, the verdict on its answer, and what becomes of the batch. */
package io.recordsync.talkdesk;
