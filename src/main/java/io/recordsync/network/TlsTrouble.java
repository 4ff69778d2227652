package io.recordsync.network;

import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;

/** Why there is no TLS connection although no certificate is the reason, in the words of Java's own TLS. */
final class TlsTrouble {

    private TlsTrouble() {}

    /** Empty where nothing better is known than the failure's own words. */
    static Optional<String> words(Target target, Throwable failure) {
        String said = String.valueOf(failure.getMessage());
        if (said.contains("Unsupported or unrecognized SSL message") || said.contains("not an SSL/TLS record")) {
            return Optional.of(
                    target + " does not speak TLS; check the port, and whether something in between answers in"
                            + " its place");
        }
        if (said.contains("handshake_failure")
                || said.contains("protocol_version")
                || said.contains("insufficient_security")) {
            return Optional.of(target + " and this Java have no way of TLS in common"
                    + (hasEllipticCurves()
                            ? " (" + said + ")"
                            : ": this Java has no elliptic curves; add the module jdk.crypto.ec to its image"));
        }
        if (said.contains("terminated the handshake")) {
            return Optional.of(
                    target + " cut off the TLS handshake; does a firewall in between let this name through?");
        }
        return Optional.empty();
    }

    private static boolean hasEllipticCurves() {
        try {
            KeyPairGenerator.getInstance("EC");
            return true;
        } catch (NoSuchAlgorithmException e) {
            return false;
        }
    }
}
