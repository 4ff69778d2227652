package io.recordsync.ops.api;

import at.favre.lib.crypto.bcrypt.BCrypt;
import at.favre.lib.crypto.bcrypt.LongPasswordStrategies;
import io.recordsync.config.OpsSettings;
import io.recordsync.ops.api.Users.User;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The credentials of HTTP basic, and whose they are: {@code ops.user}'s, or those of a user of the file.
 *
 * <p>To verify a hash takes from milliseconds to seconds of a processor, so it is done by an executor, never by who asks, and what was
 * found is remembered until the users change: as a digest with a key that no other process has. A name that nobody has takes
 * as long as the most expensive one of the file. Thread-safe.
 */
final class Logins {

    static final int MAX_REMEMBERED = 1000;

    private static final String ANONYMOUS = "anonymous";
    private static final String BASIC = "Basic ";
    private static final String MAC = "HmacSHA256";
    /** Of nobody's password: what is found with it is not looked at. */
    private static final String NOBODY = "$2y$%s$/iUIJbUfNmXpgf7XWS6pxeovXBzx7pIHGvUZMcrCwTjZyua8mAdwm";

    /** As htpasswd has hashed it: what is behind the 72nd byte has no part in it. All versions are computed alike. */
    private static final BCrypt.Verifyer BCRYPT =
            BCrypt.verifyer(BCrypt.Version.VERSION_2Y, LongPasswordStrategies.truncate(BCrypt.Version.VERSION_2Y));

    private final KnownUsers users;
    private final Executor verifying;
    private final String user;
    /** Null where there is no {@code ops.password}. */
    private final ByteBuffer single;

    private final Mac mac;
    /** All guarded by this; what is remembered is of these users. */
    private Users rememberedOf = Users.NONE;

    private final Map<ByteBuffer, Boolean> right = bounded();
    /** Apart from the others, which no stranger is to push out. */
    private final Map<ByteBuffer, Boolean> wrong = bounded();

    private final Map<ByteBuffer, CompletableFuture<Boolean>> beingVerified = new HashMap<>();

    /** @param verifying refuses what is too much, by {@link RejectedExecutionException} */
    Logins(OpsSettings settings, KnownUsers users, Executor verifying) {
        this.users = users;
        this.verifying = verifying;
        this.user = settings.user();
        this.mac = mac();
        this.single = settings.password().isEmpty()
                ? null
                : digest((user + ':' + settings.password().value()).getBytes(StandardCharsets.UTF_8));
    }

    private static Map<ByteBuffer, Boolean> bounded() {
        return new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<ByteBuffer, Boolean> eldest) {
                return size() > MAX_REMEMBERED;
            }
        };
    }

    /** Whether anybody has to say who they are. */
    boolean areNeeded() {
        return single != null || users.areSet();
    }

    /**
     * Done already where nothing is to be verified.
     *
     * @param authorization every value of that header
     * @return empty: the credentials are missing or wrong; failed with a {@link Refusal} where too many are being verified
     */
    CompletableFuture<Optional<Login>> find(List<String> authorization) {
        if (!areNeeded()) {
            return done(Optional.of(Login.of(ANONYMOUS)));
        }
        byte[] credentials = credentials(authorization);
        if (credentials == null) {
            return done(Optional.empty());
        }
        ByteBuffer digest = digest(credentials);
        if (single != null && MessageDigest.isEqual(single.array(), digest.array())) {
            return done(Optional.of(Login.of(user)));
        }
        if (!users.areSet()) {
            return done(Optional.empty());
        }
        Users now = users.now();
        Optional<User> known = now.find(name(credentials));
        return verified(now, known, digest, credentials)
                .thenApply(isRight -> isRight ? known.map(this::login) : Optional.empty());
    }

    private Login login(User known) {
        return new Login(
                known.name(),
                known.mayChange(),
                () -> users.now().find(known.name()).filter(known::equals).isPresent());
    }

    private synchronized CompletableFuture<Boolean> verified(
            Users now, Optional<User> known, ByteBuffer digest, byte[] credentials) {
        if (now != rememberedOf) {
            right.clear();
            wrong.clear();
            beingVerified.clear();
            rememberedOf = now;
        }
        if (right.get(digest) != null) {
            return CompletableFuture.completedFuture(true);
        }
        if (wrong.get(digest) != null) {
            return CompletableFuture.completedFuture(false);
        }
        // A page asks for several things at once.
        CompletableFuture<Boolean> begun = beingVerified.get(digest);
        if (begun != null) {
            return begun;
        }
        CompletableFuture<Boolean> result = new CompletableFuture<>();
        String hash = known.map(User::hash).orElseGet(() -> nobody(now));
        byte[] password = password(credentials);
        try {
            verifying.execute(() -> {
                try {
                    boolean isRight = isRight(password, hash) && known.isPresent();
                    remember(now, digest, result, isRight);
                    result.complete(isRight);
                } catch (RuntimeException e) {
                    result.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(
                    Refusal.of(503, "Too many passwords are being checked at this moment: try again in some seconds"));
        }
        beingVerified.put(digest, result);
        return result;
    }

    private static String nobody(Users now) {
        String cost = Integer.toString(now.maxCost());
        return NOBODY.formatted(cost.length() < 2 ? "0" + cost : cost);
    }

    private static boolean isRight(byte[] password, String hash) {
        return BCRYPT.verify(password, hash.getBytes(StandardCharsets.US_ASCII)).verified;
    }

    private synchronized void remember(
            Users then, ByteBuffer digest, CompletableFuture<Boolean> result, boolean isRight) {
        beingVerified.remove(digest, result);
        if (then == rememberedOf) {
            (isRight ? right : wrong).put(digest, true);
        }
    }

    private static <T> CompletableFuture<T> done(T value) {
        return CompletableFuture.completedFuture(value);
    }

    /** Name, colon and password as they were sent; null where they were not. */
    private static byte[] credentials(List<String> authorization) {
        String value = authorization.size() == 1 ? authorization.get(0) : "";
        if (!value.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
            return null;
        }
        try {
            byte[] decoded =
                    Base64.getDecoder().decode(value.substring(BASIC.length()).strip());
            return colon(decoded) < 0 ? null : decoded;
        } catch (IllegalArgumentException notBase64) {
            return null;
        }
    }

    private static int colon(byte[] credentials) {
        for (int i = 0; i < credentials.length; i++) {
            if (credentials[i] == ':') {
                return i;
            }
        }
        return -1;
    }

    private static String name(byte[] credentials) {
        return new String(credentials, 0, colon(credentials), StandardCharsets.UTF_8);
    }

    /** Its bytes as they are: htpasswd has hashed what a terminal sent. */
    private static byte[] password(byte[] credentials) {
        int from = colon(credentials) + 1;
        byte[] password = new byte[credentials.length - from];
        System.arraycopy(credentials, from, password, 0, password.length);
        return password;
    }

    private static Mac mac() {
        byte[] key = new byte[32];
        new SecureRandom().nextBytes(key);
        try {
            Mac mac = Mac.getInstance(MAC);
            mac.init(new SecretKeySpec(key, MAC));
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java platform has " + MAC, e);
        }
    }

    /** Digests are compared, so that the time a comparison takes does not give away the length either. */
    private ByteBuffer digest(byte[] credentials) {
        synchronized (mac) {
            return ByteBuffer.wrap(mac.doFinal(credentials));
        }
    }
}
