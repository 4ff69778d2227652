/** What people and probes see of the service: the ops API, its protection, health checks and metrics. */
package io.recordsync.ops;
