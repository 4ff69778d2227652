/** The API under {@code /api}: who may come in, what people may read and order, and the answers. */
package io.recordsync.ops.api;
