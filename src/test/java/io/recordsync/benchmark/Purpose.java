package io.recordsync.benchmark;

import java.util.Arrays;
import java.util.regex.Pattern;

/** What the service's time goes to, by the methods that it is met in, and what was done about it. */
enum Purpose {
    COMMIT(
            "committing what was accepted, claimed and settled",
            "io\\.recordsync\\.inbox\\.database\\.Connections\\.commit",
            "what is ready at the same moment shares a commit"),
    ACCEPT(
            "accepting into the inbox",
            "io\\.recordsync\\.inbox\\.JdbcIntakes\\.(lambda\\$)?accept.*",
            "rows are handed over as binary JSON, ids alone are read back, what is written beside them comes in order. Left: the"
                    + " unique key comes in no order, so that nearly every row writes a page of its own"),
    CLAIM(
            "claiming",
            "io\\.recordsync\\.inbox\\.JdbcQueue\\.((lambda\\$)?claim.*|nextDue)",
            "20 ms apart while something is in hand; what is known is not read back. What it writes: decision 0036"),
    SETTLE("settling", "io\\.recordsync\\.inbox\\.JdbcQueue\\.(lambda\\$)?settle.*", "statements are prepared once"),
    READ("reading the stream's events", "io\\.recordsync\\.salesforce\\..*", "of a record the header alone is decoded"),
    CALL(
            "the HTTP call",
            "(org\\.apache\\.hc|org\\.apache\\.camel\\.component\\.http)\\..*",
            "connections are kept; the method needs no conversion. Left: Camel's own"),
    VERDICT("the request and the verdict", "io\\.recordsync\\.talkdesk\\..*", "nothing: it takes little time"),
    GRPC("gRPC", "(io\\.grpc|io\\.netty)\\..*", "nothing: the raw client pays it too"),
    COMPILE("Java's compiler", "CompileBroker::.*", "the second one is off (decision 0008)"),
    COLLECT("collecting garbage", "(VM_Gen|GenCollect|VMThread).*", "nothing: the heap is small to save memory"),
    ROUTE("the routes", "org\\.apache\\.camel\\..*", "nothing more: they are written to be read"),
    ELSE("all else", "", "not looked into: stacks without a method of these, or that could not be read");

    private final String text;
    private final Pattern frames;
    private final String done;

    Purpose(String text, String frames, String done) {
        this.text = text;
        this.frames = Pattern.compile(frames);
        this.done = done;
    }

    static Purpose of(String frame) {
        return Arrays.stream(values())
                .filter(purpose -> purpose.frames.matcher(frame).matches())
                .findFirst()
                .orElse(ELSE);
    }

    String text() {
        return text;
    }

    String done() {
        return done;
    }

    /** Of a frame at the top of a stack, which may be below any of these. */
    static String doneAboutTop(String frame) {
        return Arrays.stream(Top.values())
                .filter(top -> top.frames.matcher(frame).find())
                .map(top -> top.done)
                .findFirst()
                .orElse("not looked into");
    }

    private enum Top {
        SQLITE("libsqlitejdbc|NativeDB", "SQLite itself: see accepting, claiming, settling"),
        MEMORY(
                "malloc|_int_free|unlink_chunk|__GI___libc_free",
                "SQLite's memory: one arena that is kept (decision 0008), fewer columns read back"),
        ONE_COMPILER(
                "stub$|adapters$|^Interpreter$|MethodHandle|LambdaForm|allocateInstance|AllocateInstance|subtype_check",
                "calls that the second compiler would inline, for more than they cost (decision 0008); fewer since plain text is"
                        + " not escaped"),
        WRITING(
                "folio|buffer_dirty|block_write|ext4|pwrite|fsync|iowrite|jbd2|blk_|page_erms",
                "the kernel writes the log: what is changed often is written back once in 32 MiB"),
        TEXT(
                "StringUTF16|StringLatin1|StringCoding|StringBuilder",
                "rows and requests on their way into JSON: each character is looked at once, to see whether it must be escaped"),
        SWITCHING(
                "task_switch|raw_spin|futex|syscall",
                "the kernel switches threads: they wait for each other, for the network and the disk");

        private final Pattern frames;
        private final String done;

        Top(String frames, String done) {
            this.frames = Pattern.compile(frames);
            this.done = done;
        }
    }
}
