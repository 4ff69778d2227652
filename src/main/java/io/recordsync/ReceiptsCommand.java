package io.recordsync;

import io.recordsync.config.Configuration;
import io.recordsync.files.OwnFiles;
import io.recordsync.inbox.InboxException;
import io.recordsync.inbox.JdbcCallbackBook;
import io.recordsync.inbox.JdbcLedger;
import io.recordsync.inbox.Ledger.Entry;
import io.recordsync.inbox.Store;
import io.recordsync.ops.receipts.ReceiptFormat;
import io.recordsync.ops.receipts.ReceiptQuery;
import io.recordsync.ops.receipts.SeenCallbacks;
import io.recordsync.ops.receipts.WrongQueryException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The command {@code receipts}: writes what can be proven, from the store that the configuration names, whether the service
 * runs or not.
 *
 * <p>Of the configuration it needs the keys of the store only. Exit codes: 0; 1 with a line on stderr for each mistake in the
 * configuration, or for what failed; 2 with the mistake and the usage on stderr when the command line is wrong.
 */
final class ReceiptsCommand {

    private static final String USAGE =
            """
            usage: receipts [--from 2026-03-01 --to 2026-04-01] [--contact 003… | --phone +351…] [--format csv|json] \
            [--output FILE] (a day is its midnight in UTC; a time such as 2026-03-01T10:00:00Z will do too)""";

    private static final Set<String> OPTIONS = Set.of("--from", "--to", "--contact", "--phone", "--format", "--output");
    private static final String PHONE_KEY = "ledger.phone-key";
    private static final Pattern PHONE = Pattern.compile("\\+[1-9]\\d{1,14}");

    private ReceiptsCommand() {}

    /** A command line that cannot be meant. */
    private static final class WrongUsage extends RuntimeException {

        WrongUsage(String mistake) {
            super(mistake);
        }
    }

    /** @return the exit code */
    static int run(List<String> arguments) {
        // What is logged must not stand between receipts.
        System.setOut(System.err);
        try {
            return write(options(arguments));
        } catch (WrongUsage | WrongQueryException e) {
            System.err.println(e.getMessage() + "; " + USAGE);
            return 2;
        } catch (InboxException | IllegalArgumentException e) {
            return failed("read", e.getMessage());
        } catch (IOException e) {
            // As in: receipts … | head
            return String.valueOf(e.getMessage()).contains("Broken pipe") ? 0 : failed("written", e.toString());
        }
    }

    private static int failed(String what, String reason) {
        System.err.println("The receipts could not be " + what + ": " + reason.replaceAll("\\s*\\R\\s*", " "));
        return 1;
    }

    private static Map<String, String> options(List<String> arguments) {
        Map<String, String> options = new HashMap<>();
        for (int i = 0; i < arguments.size(); i += 2) {
            String option = arguments.get(i);
            if (!OPTIONS.contains(option)) {
                throw new WrongUsage("Unknown option " + option);
            }
            if (i + 1 == arguments.size() || options.put(option, arguments.get(i + 1)) != null) {
                throw new WrongUsage(option + " is expected once, with a value");
            }
        }
        return options;
    }

    private static int write(Map<String, String> options) throws IOException {
        ReceiptFormat format = ReceiptFormat.named(options.getOrDefault("--format", "csv"));
        String phone = options.get("--phone");
        if (phone != null && (!PHONE.matcher(phone).matches() || options.containsKey("--contact"))) {
            throw new WrongUsage("--phone is expected without --contact, as + and 2 to 15 digits");
        }
        ReceiptQuery query = ReceiptQuery.of(
                phone == null ? options.get("--contact") : phone, options.get("--from"), options.get("--to"));
        Configuration read = Configuration.read();
        Set<String> keys = new HashSet<>(FoundDatabase.KEYS);
        keys.add(PHONE_KEY);
        List<String> mistakes = new ArrayList<>(read.mistakes(keys));
        String phoneKey = read.value(PHONE_KEY);
        if (phone != null && phoneKey.isEmpty()) {
            mistakes.add(
                    PHONE_KEY + " is empty: without it no deletion of a phone number can be found once it is done");
        }
        if (!mistakes.isEmpty()) {
            mistakes.forEach(System.err::println);
            return 1;
        }
        try (Store store = Store.openToRead(FoundDatabase.of(read))) {
            JdbcLedger ledger = new JdbcLedger(store);
            JdbcCallbackBook book = new JdbcCallbackBook(store);
            SeenCallbacks callbacks = book.isEmpty() ? SeenCallbacks.NONE : book::of;
            Stream<Entry> deletions = phone == null ? query.in(ledger) : query.within(ledger.ofPhone(phone, phoneKey));
            if (options.containsKey("--output")) {
                // The script runs us in the service's folder, and says from where it was called.
                writeFile(
                        format,
                        deletions,
                        callbacks,
                        Path.of(System.getProperty("called.from", "")).resolve(options.get("--output")));
            } else {
                format.write(deletions, callbacks, new FileOutputStream(FileDescriptor.out));
            }
        }
        return 0;
    }

    /** Under its name there is the whole of it or nothing: of a CSV that was cut off nobody would know. It is this user's alone. */
    private static void writeFile(ReceiptFormat format, Stream<Entry> deletions, SeenCallbacks callbacks, Path file)
            throws IOException {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        Files.deleteIfExists(part);
        OwnFiles.createFileInPlaceOf(file, part);
        try {
            long count = format.write(deletions, callbacks, Files.newOutputStream(part));
            Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
            System.err.println(count + " receipts are in " + file);
        } finally {
            Files.deleteIfExists(part);
        }
    }
}
