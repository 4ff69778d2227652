/** What a report of a fault needs: one archive, without secrets and personal data. */
package io.recordsync.ops.support;
