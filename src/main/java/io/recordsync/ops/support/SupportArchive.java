package io.recordsync.ops.support;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/** The zip for a report of a fault: texts in UTF-8, each of them scrubbed. */
public final class SupportArchive implements Closeable {

    /** Of one text: its end is kept, where a log says what went wrong last. */
    private static final int MAX_CHARACTERS = 4 << 20;

    /** As many have up to three bytes each. */
    private static final int MAX_BYTES = 3 * MAX_CHARACTERS + 1024;

    private final ZipOutputStream zip;
    private final Scrubbing scrubbing;

    public SupportArchive(OutputStream to, Scrubbing scrubbing) {
        this.zip = new ZipOutputStream(to, StandardCharsets.UTF_8);
        this.scrubbing = scrubbing;
    }

    /** Where a text comes from; what it throws is in the archive in its place. */
    @FunctionalInterface
    public interface Source {
        String text() throws Exception;
    }

    /** @param name such as {@code threads.txt} */
    public void add(String name, Source source) throws IOException {
        String text;
        try {
            text = source.text();
        } catch (Exception e) {
            text = "Not to be had: " + e;
        }
        if (text.length() > MAX_CHARACTERS) {
            text = "(its end)\n" + wholeLines(text.substring(text.length() - MAX_CHARACTERS));
        }
        zip.putNextEntry(new ZipEntry(name));
        zip.write(scrubbing.of(text).getBytes(StandardCharsets.UTF_8));
        zip.closeEntry();
    }

    /** All that another archive has, in a folder of this one. */
    public void addAll(String folder, Path other) throws IOException {
        try (ZipFile files = new ZipFile(other.toFile(), StandardCharsets.UTF_8)) {
            for (Enumeration<? extends ZipEntry> entries = files.entries(); entries.hasMoreElements(); ) {
                ZipEntry entry = entries.nextElement();
                add(folder + "/" + entry.getName(), () -> {
                    try (InputStream text = files.getInputStream(entry)) {
                        return new String(text.readNBytes(MAX_BYTES), StandardCharsets.UTF_8);
                    }
                });
            }
        }
    }

    /** The last of a file, which may be a log of any size. */
    public static String end(Path file) throws IOException {
        long size = Files.size(file);
        try (InputStream bytes = Files.newInputStream(file)) {
            bytes.skipNBytes(Math.max(0, size - MAX_CHARACTERS));
            String end = new String(bytes.readNBytes(MAX_CHARACTERS), StandardCharsets.UTF_8);
            return size > MAX_CHARACTERS ? wholeLines(end) : end;
        }
    }

    /** Half a secret would not be found. */
    private static String wholeLines(String cut) {
        return cut.substring(cut.indexOf('\n') + 1);
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }
}
