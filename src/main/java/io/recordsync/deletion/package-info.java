/** The words of the domain: what a deletion is, the states it passes through and how it ends. JDK only. */
package io.recordsync.deletion;
