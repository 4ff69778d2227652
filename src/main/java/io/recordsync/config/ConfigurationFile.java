package io.recordsync.config;

import io.recordsync.files.Refusal;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A configuration file as it is written. Immutable.
 *
 * <p>It is UTF-8, with or without a byte order mark. A value of ours is the text behind the sign: no escape is read in it, and a
 * secret reaches to the end of its line; in another value a {@code \} at the end of a line joins the next one. The keys of others
 * ({@code camel.*}, those of a site's routes) are read as {@link Properties} reads them.
 */
public final class ConfigurationFile {

    /** Names another one, for a process. */
    private static final String ELSEWHERE = "recordsync.config";

    private static final byte[] MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};
    /** The key, the sign between white space, the value; what {@link Properties} takes for them. */
    private static final Pattern SETTING =
            Pattern.compile("((?:\\\\.|[^\\\\=: \\t\\f])+)(?:[ \\t\\f]*[=:]|[ \\t\\f])?[ \\t\\f]*(.*)", Pattern.DOTALL);

    /** Of these every release took a \\ out; before any other one the operator meant it. */
    private static final Pattern NO_ESCAPE = Pattern.compile(".*\\\\[^\\\\:=#! tnrfu].*", Pattern.DOTALL);

    private final Path path;
    private final Map<String, Value> ours = new LinkedHashMap<>();
    private final Properties others = new Properties();
    private final List<String> notices = new ArrayList<>();
    private final Map<String, Integer> lines = new LinkedHashMap<>();
    private final List<String> mistakes = new ArrayList<>();
    private boolean unreadable;

    private ConfigurationFile(Path path) {
        this.path = path;
    }

    /** The service's own; where there is none it says nothing, unless somebody named it. */
    public static ConfigurationFile read() {
        ConfigurationFile file = read(location());
        boolean named = !System.getProperty(ELSEWHERE, "").isEmpty();
        if (named && !file.unreadable && !Files.exists(file.path)) {
            file.refuse("there is no such file");
        }
        return file;
    }

    /** Where the service and its commands read it. */
    public static Path location() {
        String named = System.getProperty(ELSEWHERE, "");
        return Path.of(named.isEmpty() ? "config/application.properties" : named);
    }

    /** One that says nothing. */
    public static ConfigurationFile none() {
        return new ConfigurationFile(location());
    }

    static ConfigurationFile read(Path path) {
        ConfigurationFile file = new ConfigurationFile(path);
        try {
            byte[] bytes = Files.readAllBytes(path);
            if (isUtf16(bytes)) {
                file.refuse("it is UTF-16: save it as UTF-8");
            } else {
                file.readLines(lines(bytes));
            }
        } catch (NoSuchFileException e) {
            // A link that leads nowhere is a file that somebody wanted to be read.
            if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
                file.refuse(Refusal.words(path, e));
            }
        } catch (IOException e) {
            file.refuse(Refusal.words(path, e));
        }
        return file;
    }

    private void refuse(String reason) {
        unreadable = true;
        mistakes.add(path + " cannot be read: " + reason);
    }

    /** The keys of others, as {@link Properties} reads them; without those that went away. */
    public Map<String, String> others() {
        Map<String, String> texts = new LinkedHashMap<>();
        others.stringPropertyNames().stream()
                .filter(name -> RetiredKeys.notice(name).isEmpty())
                .sorted()
                .forEach(name -> texts.put(name, others.getProperty(name)));
        return texts;
    }

    /** What is set of a key of ours, or of the file that a secret is in; null where nothing is. */
    Value value(String name) {
        return ours.get(name);
    }

    /** The keys of ours that are set in it. */
    Set<String> names() {
        return ours.keySet();
    }

    /** Whether it is there and nothing of it could be read, for the one reason in {@link #mistakes}. */
    boolean isUnreadable() {
        return unreadable;
    }

    /** What is wrong with it and not with the value of a key of ours. */
    List<String> mistakes() {
        return List.copyOf(mistakes);
    }

    /** What an operator should know of it, a line each. */
    List<String> notices() {
        List<String> all = new ArrayList<>(notices);
        others.stringPropertyNames().stream()
                .map(RetiredKeys::notice)
                .flatMap(Optional::stream)
                .distinct()
                .forEach(notice -> all.add(notice + "; take it out of " + path));
        return all;
    }

    /** Bytes first: a comment may be in any encoding. */
    private static List<byte[]> lines(byte[] bytes) {
        int begin = bytes.length >= MARK.length && Arrays.equals(bytes, 0, MARK.length, MARK, 0, MARK.length)
                ? MARK.length
                : 0;
        List<byte[]> lines = new ArrayList<>();
        for (int i = begin; i < bytes.length; i++) {
            if (bytes[i] == '\n' || bytes[i] == '\r') {
                lines.add(Arrays.copyOfRange(bytes, begin, i));
                i += bytes[i] == '\r' && i + 1 < bytes.length && bytes[i + 1] == '\n' ? 1 : 0;
                begin = i + 1;
            }
        }
        lines.add(Arrays.copyOfRange(bytes, begin, bytes.length));
        return lines;
    }

    private static boolean isUtf16(byte[] bytes) {
        return bytes.length > 1 && (bytes[0] == (byte) 0xFE || bytes[0] == (byte) 0xFF) && (bytes[0] ^ bytes[1]) == 1;
    }

    private void readLines(List<byte[]> bytes) {
        for (int next = 0; next < bytes.size(); ) {
            int first = next++;
            // Every byte is a character of Latin-1, so that comments and keys are found whatever the encoding is.
            String line = latin1(bytes.get(first));
            if (line.isEmpty() || line.startsWith("#") || line.startsWith("!")) {
                continue;
            }
            String name = name(line);
            StringBuilder joined = new StringBuilder();
            StringBuilder raw = new StringBuilder(line);
            boolean cutOff = false;
            while (!Keys.isSecret(name) && !cutOff && isContinued(line)) {
                joined.append(line, 0, line.length() - 1);
                line = next < bytes.size() ? latin1(bytes.get(next++)) : "";
                raw.append('\n').append(line);
                cutOff = next == bytes.size() && line.isEmpty();
            }
            enter(name, joined + line, raw.toString(), cutOff, first + 1);
        }
    }

    private static String name(String line) {
        Matcher setting = SETTING.matcher(line);
        if (!setting.matches()) {
            return "";
        }
        String written = setting.group(1);
        if (written.indexOf('\\') < 0) {
            return written;
        }
        try {
            return String.join("", propertiesOf(written).stringPropertyNames());
        } catch (IllegalArgumentException malformed) {
            return "";
        }
    }

    /** By a \\ that is not itself behind one. */
    private static boolean isContinued(String line) {
        int end = line.length();
        while (end > 0 && line.charAt(end - 1) == '\\') {
            end--;
        }
        return (line.length() - end) % 2 == 1;
    }

    private void enter(String name, String joined, String raw, boolean cutOff, int line) {
        String text;
        String escaped;
        try {
            text = utf8(joined);
            escaped = utf8(raw);
        } catch (CharacterCodingException e) {
            refuse(name, line, "is not UTF-8: save the file as UTF-8");
            return;
        }
        Properties earlier = new Properties();
        try {
            earlier = propertiesOf(escaped);
        } catch (IllegalArgumentException e) {
            if (!Keys.isSecret(name)) {
                refuse(name, line, "has a malformed \\u: write the character itself, in UTF-8");
                return;
            }
        }
        if (!Keys.isOurs(name)) {
            others.putAll(earlier);
            others.remove("");
            return;
        }
        Matcher setting = SETTING.matcher(text);
        enterOurs(name, setting.matches() ? setting.group(2) : "", earlier.getProperty(name, ""), cutOff, line);
    }

    private void enterOurs(String name, String value, String earlier, boolean cutOff, int line) {
        Integer before = lines.put(name, line);
        if (before != null) {
            notices.add("%s is set in line %s and in line %s of %s: the last one counts"
                    .formatted(name, before, line, path));
        }
        if (Keys.isSecret(name)) {
            if (!value.equals(earlier)) {
                notices.add("%s in %s is taken as it is written: a \\ in it is no escape any more, and joins no lines"
                        .formatted(name, path));
            }
            ours.put(name, new Value(name, value, Value.Source.FILE));
        } else if (cutOff) {
            refuse(name, line, "ends in \\, which joins the next line, and there is none: take it out");
        } else if (!value.equals(earlier)) {
            refuse(name, line, "has a \\ in it, which is no escape any more: write " + now(name, value, earlier));
        } else {
            ours.put(name, new Value(name, value, Value.Source.FILE));
        }
    }

    /** The form to write in place of an escape. */
    private static String now(String name, String value, String earlier) {
        String environment = "set " + Key.environmentName(name) + ", where it stands for itself";
        boolean plain = earlier.chars().noneMatch(c -> c == '\\' || Character.isISOControl(c));
        if (!plain || NO_ESCAPE.matcher(value).matches()) {
            // What an earlier release made of C:\keys is not what was meant.
            return "/ in place of it in a path, or " + environment;
        }
        return "%s = %s, or %s".formatted(name, Shown.line(earlier), environment);
    }

    private void refuse(String name, int line, String what) {
        String mistake = "%s (%s, line %s) %s".formatted(name.isEmpty() ? "a key" : name, path, line, what);
        if (Keys.isOurs(name)) {
            ours.put(name, Value.refused(name, mistake, Value.Source.FILE));
        } else {
            mistakes.add(mistake);
        }
    }

    private static Properties propertiesOf(String lines) {
        Properties properties = new Properties();
        try {
            properties.load(new StringReader(lines));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties;
    }

    /** Without the white space at its beginning. */
    private static String latin1(byte[] line) {
        return new String(line, StandardCharsets.ISO_8859_1).replaceFirst("^[ \\t\\f]+", "");
    }

    private static String utf8(String latin1) throws CharacterCodingException {
        return StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(latin1.getBytes(StandardCharsets.ISO_8859_1)))
                .toString();
    }
}
