/** What probes and Prometheus see: the health checks, and the metrics. */
package io.recordsync.ops.health;
