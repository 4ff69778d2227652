package io.recordsync.ops.api;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.DelegatingSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.vertx.core.net.JdkSSLEngineOptions;
import io.vertx.core.spi.tls.DefaultSslContextFactory;
import io.vertx.core.spi.tls.SslContextFactory;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/**
 * The connections that have not shaken hands yet, and what bounds them: the server tells of a connection only once it has, and {@link
 * Callers} knows none of these. Where there are too many, the eldest gives way. Thread-safe.
 */
final class Handshakes extends JdkSSLEngineOptions {

    private final int limit;
    /** Guarded by this; the eldest first. */
    private final Set<Channel> open = new LinkedHashSet<>();

    Handshakes(int limit) {
        this.limit = limit;
    }

    /** A server copies its options. */
    @Override
    public Handshakes copy() {
        return this;
    }

    @Override
    public SslContextFactory sslContextFactory() {
        return new DefaultSslContextFactory(SslProvider.JDK, false) {
            @Override
            public SslContext create() throws SSLException {
                return new Counting(super.create());
            }
        };
    }

    private void begun(Channel channel) {
        Channel eldest = null;
        synchronized (this) {
            if (open.size() >= limit) {
                Iterator<Channel> eldestFirst = open.iterator();
                eldest = eldestFirst.next();
                eldestFirst.remove();
            }
            open.add(channel);
        }
        if (eldest != null) {
            eldest.close();
        }
    }

    private synchronized void ended(Channel channel) {
        open.remove(channel);
    }

    private final class Counting extends DelegatingSslContext {

        Counting(SslContext context) {
            super(context);
        }

        @Override
        protected SslHandler newHandler(ByteBufAllocator allocator, boolean startTls, Executor tasks) {
            return new Counted(newEngine(allocator), startTls, tasks);
        }

        @Override
        protected SslHandler newHandler(
                ByteBufAllocator allocator, String host, int port, boolean startTls, Executor tasks) {
            return new Counted(newEngine(allocator, host, port), startTls, tasks);
        }

        @Override
        protected void initEngine(SSLEngine engine) {}
    }

    private final class Counted extends SslHandler {

        Counted(SSLEngine engine, boolean startTls, Executor tasks) {
            super(engine, startTls, tasks);
        }

        @Override
        public void handlerAdded(ChannelHandlerContext context) throws Exception {
            super.handlerAdded(context);
            Channel channel = context.channel();
            begun(channel);
            handshakeFuture().addListener(done -> ended(channel));
            channel.closeFuture().addListener(closed -> ended(channel));
        }
    }
}
