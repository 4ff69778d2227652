package io.recordsync.network;

import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.security.auth.x500.X500Principal;

/**
 * Why a certificate is not accepted, for a person: Java words an expired one, an unknown root and an intermediate that was not
 * sent alike.
 *
 * <p>The message goes on behind "the certificate that … shows". Names in it come from outside: they are bounded, and one line.
 */
final class CertificateTrouble extends CertificateException {

    private static final int MAX_NAME = 100;
    private static final int MAX_NAMES = 3;

    private CertificateTrouble(String words, CertificateException refusal) {
        super(words, refusal);
    }

    /** @param shown what the other end has shown, its own first */
    static CertificateTrouble of(CertificateException refusal, X509Certificate[] shown) {
        return new CertificateTrouble(words(refusal, List.of(shown)), refusal);
    }

    private static String words(CertificateException refusal, List<X509Certificate> shown) {
        X509Certificate own = shown.get(0);
        String said = String.valueOf(refusal.getMessage());
        if (said.startsWith("No subject alternative") || said.startsWith("No name matching")) {
            return "is for another name (" + names(own) + ")";
        }
        for (X509Certificate certificate : shown) {
            Optional<String> outOfTime = outOfTime(certificate);
            if (outOfTime.isPresent()) {
                return (certificate == own ? "" : "is signed by one that ") + outOfTime.get();
            }
        }
        boolean tooWeak = Stream.iterate((Throwable) refusal, Objects::nonNull, Throwable::getCause)
                .limit(20)
                .filter(CertPathValidatorException.class::isInstance)
                .anyMatch(link -> ((CertPathValidatorException) link).getReason() == BasicReason.ALGORITHM_CONSTRAINED);
        if (tooWeak) {
            return "is signed in a way, or with a key, that Java holds to be too weak: the other end needs a new one";
        }
        return unknown(own, shown);
    }

    private static Optional<String> outOfTime(X509Certificate certificate) {
        try {
            certificate.checkValidity();
            return Optional.empty();
        } catch (CertificateExpiredException e) {
            return Optional.of("has expired (%s, on %s): it has to be renewed there, or this machine's clock is wrong"
                    .formatted(name(certificate.getSubjectX500Principal()), day(certificate.getNotAfter())));
        } catch (CertificateNotYetValidException e) {
            return Optional.of("is not valid yet (%s, from %s on): is this machine's clock right?"
                    .formatted(name(certificate.getSubjectX500Principal()), day(certificate.getNotBefore())));
        }
    }

    /** Follows what was sent, from the end's own certificate up: what the last one needs was neither sent nor is trusted. */
    private static String unknown(X509Certificate own, List<X509Certificate> shown) {
        X509Certificate top = own;
        for (int step = 0; step < shown.size() && !isSelfSigned(top); step++) {
            X500Principal issuer = top.getIssuerX500Principal();
            Optional<X509Certificate> next = shown.stream()
                    .filter(certificate -> certificate.getSubjectX500Principal().equals(issuer))
                    .findFirst();
            if (next.isEmpty()) {
                break;
            }
            top = next.get();
        }
        boolean isAuthority = top.getBasicConstraints() >= 0;
        if (top == own && !isSelfSigned(top) && !isAuthority) {
            return "comes without that of its issuer (" + name(top.getIssuerX500Principal())
                    + "): the other end has to send this intermediate certificate too; if it is the company's own"
                    + " authority, name it in tls.ca-bundle";
        }
        return "is not trusted: its root (" + name(top.getIssuerX500Principal())
                + ") is unknown here; if the company network puts its own in between, name its CA in tls.ca-bundle";
    }

    private static boolean isSelfSigned(X509Certificate certificate) {
        return certificate.getIssuerX500Principal().equals(certificate.getSubjectX500Principal());
    }

    private static String names(X509Certificate certificate) {
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            if (names != null) {
                return names.stream()
                        .map(name -> name.get(1))
                        .filter(String.class::isInstance)
                        .limit(MAX_NAMES)
                        .map(name -> line((String) name))
                        .collect(Collectors.joining(", "));
            }
        } catch (CertificateException e) {
            // None that can be read.
        }
        return name(certificate.getSubjectX500Principal());
    }

    /** The common name; where there is none the whole. */
    private static String name(X500Principal principal) {
        String whole = principal.getName(X500Principal.RFC1779);
        return line(Arrays.stream(whole.split(",(?=\\s*[A-Z]+=)"))
                .map(String::strip)
                .filter(part -> part.startsWith("CN="))
                .findFirst()
                .orElse(whole));
    }

    private static String line(String text) {
        String line = text.replaceAll("[\\p{Cntrl}\\s]+", " ");
        return line.length() > MAX_NAME ? line.substring(0, MAX_NAME) + "…" : line;
    }

    private static LocalDate day(java.util.Date date) {
        return date.toInstant().atZone(ZoneOffset.UTC).toLocalDate();
    }
}
