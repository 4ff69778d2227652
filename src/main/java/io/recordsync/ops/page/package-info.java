/** The page that a browser is given. */
package io.recordsync.ops.page;
