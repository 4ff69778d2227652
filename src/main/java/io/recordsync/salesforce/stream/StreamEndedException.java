package io.recordsync.salesforce.stream;

/** An end of the stream that gRPC does not report as an error. */
final class StreamEndedException extends Exception {

    StreamEndedException(String message) {
        super(message);
    }
}
