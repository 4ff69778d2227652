/** What can be proven of each deletion, for the API and for the command {@code receipts}. */
package io.recordsync.ops.receipts;
