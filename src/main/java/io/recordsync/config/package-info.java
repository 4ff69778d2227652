/**
 * The configuration: the table of keys, the form of each value, the checks, and the settings that the service is built from.
 *
 * <p>It knows the words of the domain, and Camel's properties in {@link io.recordsync.config.Configuration} alone.
 */
package io.recordsync.config;
