/** The doctor: what examines whether the service could do its work. Each end is examined by its own adapter. */
package io.recordsync.doctor;
