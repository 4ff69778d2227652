package io.recordsync.inbox.database;

import io.recordsync.files.OwnFiles;
import io.recordsync.files.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.CodeSource;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Optional;
import org.sqlite.SQLiteJDBCLoader;
import org.sqlite.util.LibraryLoaderUtil;
import org.sqlite.util.OSInfo;

/**
 * SQLite itself, a native library, as a file that stays: it is in the installation, in {@code native} beside the driver's jar, or is
 * unpacked below the data folder once.
 *
 * <p>The driver by itself unpacks it to {@code java.io.tmpdir} at each start: nothing starts where that is read-only or allows no
 * programs, and each kill leaves 1 MB there. A library that the operator names ({@code -Dorg.sqlite.lib.path}) is used as it is.
 */
public final class SqliteLibrary {

    private static final String PATH = "org.sqlite.lib.path";
    private static final String UNPACK_TO = "org.sqlite.tmpdir";

    /** Of this JVM: it is loaded once. */
    private static boolean loaded;

    private final Path data;
    private final Path temporary;
    private final boolean mayUnpack;

    /**
     * For a service.
     *
     * @param data where it is unpacked to when the installation has none for this system
     * @param temporary where SQLite puts what it sorts and what it would undo; by itself it asks TMPDIR, /var/tmp and /tmp
     */
    public SqliteLibrary(Path data, Path temporary) {
        this(data, temporary, true);
    }

    private SqliteLibrary(Path data, Path temporary, boolean mayUnpack) {
        this.data = data;
        this.temporary = temporary;
        this.mayUnpack = mayUnpack;
    }

    /** For a command, which leaves nothing behind: where there is none yet, the driver unpacks it for the time it runs. */
    public static SqliteLibrary asFound(Path data) {
        return new SqliteLibrary(data, null, false);
    }

    /** Likewise, without a data folder. */
    static SqliteLibrary ofInstallation() {
        return asFound(null);
    }

    /**
     * Loads it, before any SQLite file is opened.
     *
     * @throws DatabaseException when the driver is too old, or the library cannot be loaded, with the system's reason
     */
    void load() {
        SqliteDriver.require();
        synchronized (SqliteLibrary.class) {
            if (!loaded && System.getProperty(PATH) == null) {
                load(installed().or(this::unpacked));
            }
            loaded = true;
            if (temporary != null) {
                sortIn(temporary);
            }
        }
    }

    /** For the whole process. */
    private static void sortIn(Path temporary) {
        try (Connection connection = DriverManager.getConnection(SqliteFile.PREFIX + ":memory:");
                Statement statement = connection.createStatement()) {
            statement.execute("pragma temp_store_directory = '%s'"
                    .formatted(temporary.toString().replace("'", "''")));
        } catch (SQLException e) {
            throw new DatabaseException("SQLite cannot use the folder %s: %s".formatted(temporary, e.getMessage()), e);
        }
    }

    /** A library of the same name is another one when it comes from another release: the content has to be the driver's. */
    private static Optional<Path> installed() {
        return beside(SQLiteJDBCLoader.class.getProtectionDomain().getCodeSource())
                .map(folder -> folder.resolve("native").resolve(nameForThisSystem()))
                .filter(Files::isReadable)
                .filter(library -> {
                    try {
                        return Arrays.equals(Files.readAllBytes(library), packed());
                    } catch (IOException e) {
                        return false;
                    }
                });
    }

    private static Optional<Path> beside(CodeSource source) {
        try {
            return source == null
                    ? Optional.empty()
                    : Optional.of(Path.of(source.getLocation().toURI()).getParent());
        } catch (URISyntaxException | RuntimeException e) {
            // Within another jar: no file.
            return Optional.empty();
        }
    }

    private Optional<Path> unpacked() {
        if (data == null) {
            return Optional.empty();
        }
        Path library = data.toAbsolutePath()
                .normalize()
                .resolve("native")
                .resolve("sqlite-" + SQLiteJDBCLoader.getVersion())
                .resolve(nameForThisSystem());
        try {
            byte[] content = packed();
            if (content == null) {
                // The driver has none for this system, and says so.
                return Optional.empty();
            }
            if (Files.isReadable(library) && Arrays.equals(Files.readAllBytes(library), content)) {
                return Optional.of(library);
            }
            if (!mayUnpack) {
                return Optional.empty();
            }
            unpack(content, library);
            return Optional.of(library);
        } catch (IOException e) {
            throw new DatabaseException(
                    "The SQLite library cannot be unpacked to %s: %s".formatted(library, Refusal.ofFolder(library, e)),
                    e);
        }
    }

    private static void unpack(byte[] content, Path library) throws IOException {
        OwnFiles.createFolder(library.getParent());
        // Whole, or not at all: another process may start at the same time.
        Path part =
                Files.createTempFile(library.getParent(), library.getFileName().toString(), ".part");
        try {
            Files.write(part, content);
            Files.move(part, library, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    /** {@code Linux/x86_64/libsqlitejdbc.so}. */
    private static Path nameForThisSystem() {
        return Path.of(OSInfo.getNativeLibFolderPathForCurrentOS(), LibraryLoaderUtil.getNativeLibName());
    }

    /** As it is in the driver's jar; null where that has none for this system. */
    private static byte[] packed() throws IOException {
        String name = LibraryLoaderUtil.getNativeLibResourcePath() + "/" + LibraryLoaderUtil.getNativeLibName();
        try (InputStream in = SQLiteJDBCLoader.class.getResourceAsStream(name)) {
            return in == null ? null : in.readAllBytes();
        }
    }

    private static void load(Optional<Path> library) {
        if (library.isEmpty()) {
            initialize();
            return;
        }
        Path file = library.get();
        String unpackTo = System.getProperty(UNPACK_TO);
        System.setProperty(PATH, file.getParent().toString());
        // It also looks there for what earlier starts have left.
        System.setProperty(UNPACK_TO, file.getParent().toString());
        try {
            initialize();
        } catch (DatabaseException e) {
            throw new DatabaseException(
                    "The SQLite library cannot be loaded: %s: expected a file system that allows programs (no noexec); or name a"
                                    .formatted(reason(file))
                            + " folder that has the library by -Dorg.sqlite.lib.path in JAVA_OPTS",
                    e.getCause());
        } finally {
            // Another driver in this JVM, of another class loader, must not load the same file.
            System.clearProperty(PATH);
            if (unpackTo == null) {
                System.clearProperty(UNPACK_TO);
            } else {
                System.setProperty(UNPACK_TO, unpackTo);
            }
        }
    }

    private static void initialize() {
        try {
            if (!SQLiteJDBCLoader.initialize()) {
                throw new DatabaseException("The SQLite library was not loaded", null);
            }
        } catch (DatabaseException e) {
            throw e;
        } catch (Exception e) {
            throw new DatabaseException("The SQLite library was not loaded: " + e.getMessage(), e);
        }
    }

    /** The driver keeps it to its log. */
    private static String reason(Path file) {
        try {
            System.load(file.toString());
            return "no reason was given";
        } catch (UnsatisfiedLinkError e) {
            return e.getMessage();
        }
    }
}
