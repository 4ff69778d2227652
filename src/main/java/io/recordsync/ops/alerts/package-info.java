/** What people are told without having to look: messages to a webhook, and a heartbeat. */
package io.recordsync.ops.alerts;
