/** What the file system says of a file, for every room that opens one. The JDK only. */
package io.recordsync.files;
