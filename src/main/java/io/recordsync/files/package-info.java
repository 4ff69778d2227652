/** What the service keeps on the disk beside its database: who may write and read it, and why it cannot be used. JDK only. */
package io.recordsync.files;
