package io.recordsync.config;

import java.net.URI;

/**
 * The JWT bearer flow at Salesforce.
 *
 * @param keystore the path of a keystore or of a PEM file
 * @param keyAlias empty: the only key in the keystore
 */
public record JwtSettings(String user, String keystore, Secret keystorePassword, String keyAlias, URI audience) {}
