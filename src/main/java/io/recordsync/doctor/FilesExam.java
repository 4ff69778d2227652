package io.recordsync.doctor;

import io.recordsync.files.DataFolder;
import io.recordsync.files.OwnFiles;
import io.recordsync.files.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** Whether the data folder can be written, and who else may read what the service has written. */
public final class FilesExam implements Exam {

    private static final String FOLDER = "data folder";
    private static final String MODES = "files";

    private final DataFolder data;
    private final List<Path> database;

    /** @param database the files of the database that are there */
    public FilesExam(DataFolder data, List<Path> database) {
        this.data = data;
        this.database = database;
    }

    @Override
    public void examine(Findings findings) {
        Path folder = data.path();
        try {
            data.probe();
            findings.ok(
                    FOLDER,
                    "%s can be %s by user %s"
                            .formatted(folder, Files.exists(folder) ? "written" : "made", Refusal.user()));
        } catch (IOException e) {
            findings.fail(
                    FOLDER, e.getMessage() + " → give it to the user that the service runs as, or set data.folder");
        }
        List<Path> readable =
                database.stream().filter(OwnFiles::isReadableByOthers).toList();
        if (!readable.isEmpty()) {
            findings.warn(
                    MODES,
                    "the mode of %s lets every user of this machine read it → chmod o-rwx; the service gives new files the mode 0600"
                                    .formatted(names(readable))
                            + " and leaves those that are there");
        } else if (!database.isEmpty()) {
            findings.ok(MODES, names(database) + ": no other user can read them");
        }
    }

    private static String names(List<Path> files) {
        return files.stream().map(Path::toString).collect(Collectors.joining(", "));
    }
}
