package io.recordsync.ops.api;

import io.recordsync.ops.api.Users.User;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The reader of a file of {@code htpasswd}: a line for each user, {@code name:hash}, where the hash is one of bcrypt.
 *
 * <p>As for Apache, blank lines and those that begin with {@code #} are passed over, and what is behind a second colon is a comment.
 * A mistake names the line and what to do, and never shows a hash or a line that may be a password.
 */
final class UsersFile {

    /** What bcrypt knows, and what {@code htpasswd -C} lets through: one of 17 takes seconds to verify. */
    static final int MIN_COST = 4;

    static final int MAX_COST = 17;

    private static final int MAX_BYTES = 1 << 20;
    private static final int MAX_MISTAKES = 10;
    private static final int MAX_NAME = 255;
    private static final Pattern BCRYPT = Pattern.compile("\\$2[abxy]\\$(\\d\\d)\\$[./A-Za-z0-9]{53}");
    private static final Pattern BCRYPT_PREFIX = Pattern.compile("\\$2[a-z]?\\$.*");
    private static final Pattern NOT_IN_A_NAME = Pattern.compile("[\\p{Cntrl}\\u2028\\u2029]");

    private final Path file;
    private final String taken;
    private final Map<String, Integer> lines = new LinkedHashMap<>();
    private final List<User> users = new ArrayList<>();
    private final List<String> mistakes = new ArrayList<>();

    private UsersFile(Path file, String taken) {
        this.file = file;
        this.taken = taken;
    }

    /**
     * What was read.
     *
     * @param users those of the lines without a mistake
     * @param mistakes a line for each, without the name of the file; empty: the file may be used
     * @param strangers those of {@code ops.viewers} who are in no line
     */
    record Content(Users users, List<String> mistakes, List<String> strangers) {

        /** Likewise, with a mistake for each viewer who is in no line: who is misspelt there would be an operator. */
        List<String> mistakesAtStart() {
            List<String> all = new ArrayList<>(mistakes);
            if (mistakes.isEmpty()) {
                strangers.forEach(name -> all.add(
                        "ops.viewers names %s, who is in no line of it: expected names of this file; correct the one or the other"
                                .formatted(name)));
            }
            return all;
        }
    }

    /** @throws IOException when it cannot be read */
    static byte[] bytes(Path file) throws IOException {
        if (!Files.exists(file)) {
            throw new NoSuchFileException(file.toString());
        }
        // A pipe would be waited for.
        if (!Files.isRegularFile(file)) {
            throw new IOException("not a file");
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new IOException("it is larger than 1 MiB");
            }
            return bytes;
        }
    }

    /**
     * @param viewers of {@code ops.viewers}
     * @param taken the name that has a password of its own ({@code ops.user} with {@code ops.password}); empty: none
     */
    static Content parse(Path file, byte[] content, List<String> viewers, String taken) {
        UsersFile reader = new UsersFile(file, taken);
        reader.read(content, viewers);
        List<String> strangers =
                viewers.stream().filter(name -> !reader.lines.containsKey(name)).toList();
        return new Content(Users.of(reader.users), reader.mistakes(), strangers);
    }

    private void read(byte[] content, List<String> viewers) {
        String[] all = text(content).split("\n", -1);
        for (int i = 0; i < all.length; i++) {
            String line = all[i].endsWith("\r") ? all[i].substring(0, all[i].length() - 1) : all[i];
            if (!line.isBlank() && !line.startsWith("#")) {
                read(i + 1, line, viewers);
            }
        }
        if (lines.isEmpty() && mistakes.isEmpty()) {
            mistakes.add("it names no user: make one by `htpasswd -B %s <name>`".formatted(file));
        }
    }

    private void read(int number, String line, List<String> viewers) {
        String[] parts = line.split(":", 3);
        String name = parts[0];
        if (parts.length < 2) {
            wrong(number, "has no colon: expected <name>:<hash>, as `htpasswd -B %s <name>` writes it".formatted(file));
        } else if (name.isBlank() || !name.equals(name.strip())) {
            wrong(
                    number,
                    "has no name before its colon, or one that begins or ends with a space: expected <name>:<hash>");
        } else if (name.length() > MAX_NAME || NOT_IN_A_NAME.matcher(name).find() || name.indexOf('\uFFFD') >= 0) {
            wrong(
                    number,
                    "has a name that is no text in UTF-8 of 255 characters at most, without control characters: write the name anew");
        } else if (lines.containsKey(name)) {
            wrong(number, "names %s, as line %s does: remove one of them".formatted(name, lines.get(name)));
        } else if (name.equals(taken)) {
            lines.put(name, number);
            wrong(
                    number,
                    "names %s, who is ops.user and has ops.password: remove the line, or ops.password".formatted(name));
        } else {
            lines.put(name, number);
            readHash(number, name, parts[1].stripTrailing(), !viewers.contains(name));
        }
    }

    private void readHash(int number, String name, String hash, boolean mayChange) {
        String again = "`htpasswd -B %s %s`".formatted(file, name);
        Matcher bcrypt = BCRYPT.matcher(hash);
        if (bcrypt.matches()) {
            int cost = Integer.parseInt(bcrypt.group(1));
            if (cost < MIN_COST || cost > MAX_COST) {
                wrong(
                        number,
                        "has a hash of the cost %s for %s: expected %s to %s; write it anew by %s"
                                .formatted(cost, name, MIN_COST, MAX_COST, again));
            } else {
                users.add(new User(name, hash, cost, mayChange));
            }
        } else if (BCRYPT_PREFIX.matcher(hash).matches()) {
            wrong(
                    number,
                    "has a hash of bcrypt for %s that is not whole (%s characters, expected 60, such as $2y$05$…): write it anew by %s"
                            .formatted(name, hash.length(), again));
        } else {
            wrong(number, "has no hash of bcrypt for %s (%s): write it anew by %s".formatted(name, kind(hash), again));
        }
    }

    private static String kind(String hash) {
        if (hash.isEmpty()) {
            return "nothing is behind the colon";
        }
        if (hash.startsWith("$apr1$") || hash.startsWith("$1$")) {
            return "it is one of MD5, which htpasswd writes without -B";
        }
        return hash.startsWith("{SHA}") || hash.startsWith("$5$") || hash.startsWith("$6$")
                ? "it is one of SHA"
                : "it is one of crypt, or a password as it is typed";
    }

    private void wrong(int number, String what) {
        mistakes.add("line %s %s".formatted(number, what));
    }

    private List<String> mistakes() {
        if (mistakes.size() <= MAX_MISTAKES) {
            return List.copyOf(mistakes);
        }
        List<String> first = new ArrayList<>(mistakes.subList(0, MAX_MISTAKES));
        first.add("%s more lines are wrong".formatted(mistakes.size() - MAX_MISTAKES));
        return first;
    }

    /** What is not UTF-8 becomes a character that no name has. */
    private static String text(byte[] content) {
        String text = new String(content, StandardCharsets.UTF_8);
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }
}
