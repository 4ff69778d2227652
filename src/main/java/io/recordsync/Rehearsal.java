package io.recordsync;

import com.salesforce.eventbus.protobuf.FetchRequest;
import com.salesforce.eventbus.protobuf.FetchResponse;
import com.salesforce.eventbus.protobuf.PubSubGrpc;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.StatusException;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.BlockingClientCall;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Pattern;

/**
 * A start of the service that does nothing, for an archive of the classes that a start loads: with keys that are made up, a database
 * that is thrown away, and nothing at the other ends. The script runs it in an empty folder, for the command {@code archive}.
 *
 * <p>What only a connection would load is loaded by its name.
 */
final class Rehearsal {

    /** Nothing listens there. It ends when the first logins have failed. */
    private static final String CONFIGURATION =
            """
            salesforce.login-url = http://localhost:1
            salesforce.client-id = nobody
            salesforce.client-secret = nothing
            salesforce.pubsub.host = localhost
            salesforce.pubsub.port = 1
            talkdesk.api-url = http://localhost:1
            talkdesk.token-url = http://localhost:1/oauth/token
            talkdesk.client-id = nobody
            talkdesk.client-secret = nothing
            talkdesk.record-lists = none
            ops.port = 0
            camel.main.routesIncludePattern = classpath:routes/*.camel.yaml
            camel.main.durationMaxSeconds = 3
            """;

    /** With the classes of an event that is read and of a call that is answered. */
    private static final Pattern JARS = Pattern.compile("(avro-|httpcore5-\\d|salesforce-talkdesk-sync).*\\.jar");

    /** Parts of them that the service does not use: an archive is in memory whole. */
    private static final Pattern UNUSED = Pattern.compile(
            "org/apache/(hc/core5/(.*/)?(nio|reactor|bootstrap)|avro/(data|file|message|path|reflect))/.*");

    private static final String CLASS = ".class";

    private Rehearsal() {}

    public static void main(String[] args) throws IOException {
        Path file = Path.of("config/application.properties");
        Files.createDirectories(file.getParent());
        Files.writeString(file, CONFIGURATION);
        for (String path : System.getProperty("java.class.path").split(File.pathSeparator)) {
            if (JARS.matcher(Path.of(path).getFileName().toString()).matches()) {
                load(path);
            }
        }
        subscribe();
        Application.main(args);
    }

    /** Of a stream that is opened and answered. */
    private static void subscribe() throws IOException {
        Server server = NettyServerBuilder.forAddress(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), InsecureServerCredentials.create())
                .build()
                .start();
        ManagedChannel channel = Grpc.newChannelBuilderForAddress(
                        InetAddress.getLoopbackAddress().getHostAddress(),
                        server.getPort(),
                        InsecureChannelCredentials.create())
                .build();
        try {
            BlockingClientCall<FetchRequest, FetchResponse> call = PubSubGrpc.newBlockingV2Stub(channel)
                    .withDeadlineAfter(10, TimeUnit.SECONDS)
                    .subscribe();
            call.write(FetchRequest.newBuilder().setTopicName("none").build());
            call.read();
        } catch (StatusException e) {
            // The server knows no method.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            channel.shutdownNow();
            server.shutdownNow();
        }
    }

    private static void load(String path) throws IOException {
        try (JarFile jar = new JarFile(path)) {
            jar.stream()
                    .map(JarEntry::getName)
                    .filter(name -> name.endsWith(CLASS) && !name.startsWith("META-INF"))
                    .filter(name -> !UNUSED.matcher(name).matches())
                    .map(name ->
                            name.substring(0, name.length() - CLASS.length()).replace('/', '.'))
                    .forEach(Rehearsal::loadClass);
        }
    }

    private static void loadClass(String name) {
        try {
            Class.forName(name, false, Rehearsal.class.getClassLoader());
        } catch (ClassNotFoundException | LinkageError e) {
            // It is of what is not in the installation.
        }
    }
}
