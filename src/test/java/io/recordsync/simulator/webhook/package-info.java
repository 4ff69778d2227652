/** Who takes messages and heartbeats: Slack, Teams, PagerDuty, and whoever takes JSON or a ping. */
package io.recordsync.simulator.webhook;
