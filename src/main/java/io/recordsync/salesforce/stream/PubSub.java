package io.recordsync.salesforce.stream;

import com.salesforce.eventbus.protobuf.PubSubGrpc;
import com.salesforce.eventbus.protobuf.PubSubGrpc.PubSubBlockingV2Stub;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import io.recordsync.oauth.Token;

/** Calls of the Pub/Sub API that carry a token: every call needs these three headers. */
final class PubSub {

    private static final Metadata.Key<String> ACCESS_TOKEN = key("accesstoken");
    private static final Metadata.Key<String> INSTANCE_URL = key("instanceurl");
    private static final Metadata.Key<String> TENANT_ID = key("tenantid");

    private PubSub() {}

    static PubSubBlockingV2Stub calls(ManagedChannel connection, Token token) {
        Metadata headers = new Metadata();
        headers.put(ACCESS_TOKEN, token.value());
        headers.put(INSTANCE_URL, token.instanceUrl());
        headers.put(TENANT_ID, token.orgId());
        return PubSubGrpc.newBlockingV2Stub(connection)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    private static Metadata.Key<String> key(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }
}
