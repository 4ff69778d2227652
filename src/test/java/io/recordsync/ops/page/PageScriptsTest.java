package io.recordsync.ops.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** That the scripts of the page use only names that exist: a browser finds the others out when a person presses the button. */
class PageScriptsTest {

    private static final Path FOLDER = Path.of("src/main/resources/ops");

    /** Of the language and of the browser. */
    private static final Set<String> GIVEN = Set.of(
            ("async await break case catch class const constructor continue default delete do else export extends false finally for"
                            + " from function get if import in instanceof let new null of return static super switch this throw true"
                            + " try typeof undefined var void while yield NaN Infinity"
                            + " AbortSignal Array Blob Boolean CSS Date Error Event Intl JSON Map Math Number Object Promise ResizeObserver Set"
                            + " String URL URLSearchParams Uint8Array WeakMap clearInterval clearTimeout crypto document"
                            + " encodeURIComponent fetch getComputedStyle history location matchMedia navigator print"
                            + " requestAnimationFrame setInterval setTimeout uPlot window")
                    .split(" "));

    private static final Pattern NAME = Pattern.compile("[A-Za-z_$][\\w$]*");
    private static final Pattern IMPORT = Pattern.compile("import \\{([^}]*)} from \"\\./([\\w.-]+)\"");
    /** A slash after one of these begins a pattern, not a division. */
    private static final Set<String> BEFORE_PATTERN =
            Set.of("(", ",", "=", ":", "+", "[", "!", "&", "|", "?", "{", "}", ";", "return");

    @Test
    void every_name_that_a_script_uses_is_declared() throws Exception {
        for (Path script : scripts()) {
            assertThat(undeclared(Files.readString(script)))
                    .as(script.toString())
                    .isEmpty();
        }
    }

    @Test
    void every_name_that_a_script_imports_is_exported() throws Exception {
        for (Path script : scripts()) {
            Matcher imported = IMPORT.matcher(Files.readString(script));
            while (imported.find()) {
                String from = Files.readString(FOLDER.resolve(imported.group(2)));
                for (String name : imported.group(1).strip().split("\\s*,\\s*")) {
                    assertThat(from)
                            .as("%s imports %s", script, name)
                            .containsPattern(
                                    "export (async )?(function|const|class|let) " + Pattern.quote(name) + "(?![\\w$])");
                }
            }
        }
    }

    @Test
    void what_is_not_declared_is_found() {
        assertThat(undeclared("const a = b => { post(`x ${c + `${d}`} y`, e?.f, { g: h, i }); };"))
                .containsExactly("c", "d", "e", "h", "i", "post");
        assertThat(
                        undeclared(
                                """
                        import { post } from "./acts.js"; // not k
                        function a(b, [c, { d }] = []) { return b / c / d + "l" + /m'/.test('n'); }
                        class P extends Error { constructor(message) { super(message); this.q = message; } r(s) { return s; } }
                        for (const [t, u] of post(a)) { try { a(t, u); } catch (v) { throw new P(v); } }
                        const w = async (x, ...y) => [...y, x];
                        """))
                .isEmpty();
    }

    private static List<Path> scripts() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            List<Path> scripts = files.filter(file -> file.toString().endsWith(".js"))
                    .sorted()
                    .toList();
            assertThat(scripts).isNotEmpty();
            return scripts;
        }
    }

    private static Set<String> undeclared(String script) {
        List<String> tokens = new ArrayList<>();
        tokens(script, 0, false, tokens);
        Set<String> declared = declared(tokens);
        Set<String> undeclared = new TreeSet<>();
        for (int i = 0; i < tokens.size(); i++) {
            String token = tokens.get(i);
            boolean member =
                    i > 0 && (tokens.get(i - 1).equals(".") || tokens.get(i - 1).equals("?."));
            boolean label = at(tokens, i + 1).equals(":") && !at(tokens, i - 1).equals("?");
            if (isName(token) && !member && !label && !declared.contains(token) && !GIVEN.contains(token)) {
                undeclared.add(token);
            }
        }
        return undeclared;
    }

    /** Without regard to where: a name counts in the whole script. */
    private static Set<String> declared(List<String> tokens) {
        Set<String> names = new HashSet<>();
        for (int i = 0; i < tokens.size(); i++) {
            switch (tokens.get(i)) {
                case "function", "class" -> names.add(at(tokens, i + 1));
                case "const", "let", "var" -> addUntil(tokens, i + 1, Set.of("=", "of", "in", ";"), names);
                case "import" -> addUntil(tokens, i + 1, Set.of("from"), names);
                case "=>" -> {
                    if (at(tokens, i - 1).equals(")")) {
                        addBack(tokens, i - 1, names);
                    } else {
                        names.add(at(tokens, i - 1));
                    }
                }
                case "{" -> {
                    // Of a function, a method or catch.
                    if (at(tokens, i - 1).equals(")")) {
                        int open = opening(tokens, i - 1);
                        String before = at(tokens, open - 1);
                        boolean method = isName(before) && !GIVEN.contains(before);
                        boolean constructs = before.equals("constructor") || before.equals("catch");
                        if (method || constructs) {
                            names.add(before);
                            addBack(tokens, i - 1, names);
                        }
                    }
                }
                default -> {}
            }
        }
        return names;
    }

    private static void addUntil(List<String> tokens, int from, Set<String> ends, Set<String> names) {
        for (int i = from; i < tokens.size() && !ends.contains(tokens.get(i)); i++) {
            names.add(tokens.get(i));
        }
    }

    private static void addBack(List<String> tokens, int closing, Set<String> names) {
        names.addAll(tokens.subList(opening(tokens, closing), closing));
    }

    private static int opening(List<String> tokens, int closing) {
        int depth = 0;
        for (int i = closing; i >= 0; i--) {
            depth += tokens.get(i).equals(")") ? 1 : tokens.get(i).equals("(") ? -1 : 0;
            if (depth == 0) {
                return i;
            }
        }
        throw new IllegalArgumentException("No opening parenthesis");
    }

    private static String at(List<String> tokens, int index) {
        return index >= 0 && index < tokens.size() ? tokens.get(index) : "";
    }

    private static boolean isName(String token) {
        return NAME.matcher(token).matches();
    }

    /**
     * Names and marks; texts, patterns, numbers and comments are left out.
     *
     * @param inTemplate whether the end of a placeholder ends it
     * @return where it ended
     */
    private static int tokens(String script, int from, boolean inTemplate, List<String> tokens) {
        int braces = 0;
        int i = from;
        while (i < script.length()) {
            char c = script.charAt(i);
            String last = tokens.isEmpty() ? ";" : tokens.get(tokens.size() - 1);
            if (script.startsWith("//", i)) {
                i = end(script, "\n", i);
            } else if (script.startsWith("/*", i)) {
                i = end(script, "*/", i);
            } else if (c == '"' || c == '\'' || c == '/' && BEFORE_PATTERN.contains(last)) {
                i = closed(script, i);
                tokens.add("\"\"");
            } else if (c == '`') {
                i = template(script, i + 1, tokens);
                tokens.add("\"\"");
            } else if (Character.isJavaIdentifierStart(c)) {
                Matcher name = NAME.matcher(script).region(i, script.length());
                if (!name.lookingAt()) {
                    throw new IllegalArgumentException("Not a name: " + c);
                }
                tokens.add(name.group());
                i = name.end();
            } else if (Character.isDigit(c)) {
                while (i < script.length()
                        && (Character.isLetterOrDigit(script.charAt(i)) || script.charAt(i) == '_')) {
                    i++;
                }
                tokens.add("0");
            } else if (script.startsWith("=>", i) || script.startsWith("?.", i)) {
                tokens.add(script.substring(i, i + 2));
                i += 2;
            } else if (script.startsWith("...", i)) {
                i += 3;
            } else {
                braces += c == '{' ? 1 : c == '}' ? -1 : 0;
                if (inTemplate && braces < 0) {
                    return i + 1;
                }
                if (!Character.isWhitespace(c)) {
                    tokens.add(String.valueOf(c));
                }
                i++;
            }
        }
        return i;
    }

    private static int template(String script, int from, List<String> tokens) {
        int i = from;
        while (script.charAt(i) != '`') {
            if (script.charAt(i) == '\\') {
                i += 2;
            } else if (script.startsWith("${", i)) {
                tokens.add("+");
                i = tokens(script, i + 2, true, tokens);
            } else {
                i++;
            }
        }
        return i + 1;
    }

    private static int closed(String script, int from) {
        boolean inClass = false;
        int i = from + 1;
        while (inClass || script.charAt(i) != script.charAt(from)) {
            char c = script.charAt(i);
            if (script.charAt(from) == '/') {
                inClass = c == '[' || inClass && c != ']';
            }
            i += c == '\\' ? 2 : 1;
        }
        return i + 1;
    }

    private static int end(String script, String mark, int from) {
        int end = script.indexOf(mark, from + 2);
        return end < 0 ? script.length() : end + mark.length();
    }
}
