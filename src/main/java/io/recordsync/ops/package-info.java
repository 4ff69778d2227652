/** What people and probes see of the service. Health is known to the API, the API to receipts and page; never back. */
package io.recordsync.ops;
