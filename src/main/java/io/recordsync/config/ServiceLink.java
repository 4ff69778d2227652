package io.recordsync.config;

import java.util.regex.Pattern;

/** A variable that Kubernetes sets in each container for each service, by the name of the service. */
final class ServiceLink {

    private static final Pattern NAME = Pattern.compile(
            ".+_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT_\\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)");
    private static final Pattern URL = Pattern.compile("(tcp|udp|sctp)://\\S+:\\d+");

    private ServiceLink() {}

    static boolean isOne(String variable, String value) {
        return NAME.matcher(variable).matches() || variable.endsWith("_PORT") && isUrl(value);
    }

    /** Of a service whose name makes the name of a key. */
    static boolean hits(Value value) {
        return value.source() == Value.Source.ENVIRONMENT
                && Key.environmentName(value.name()).endsWith("_PORT")
                && isUrl(value.text());
    }

    private static boolean isUrl(String value) {
        return URL.matcher(value).matches();
    }
}
