package io.recordsync.ops.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuestionsTest {

    @TempDir
    Path folder;

    @Test
    void a_question_is_answered_whole_and_nothing_of_it_stays() throws IOException {
        Questions command = new Questions(folder, Clock.systemUTC());
        Questions service = new Questions(folder, Clock.systemUTC());
        assertThat(service.asked()).isEmpty();

        String id = command.ask();

        assertThat(service.asked()).containsExactly(id);
        assertThat(command.answered(id)).isEmpty();
        service.answer(id, file -> {
            assertThat(command.answered(id)).as("while it is written").isEmpty();
            Files.writeString(file, "the answer");
        });
        assertThat(service.asked()).isEmpty();
        Path answer = command.answered(id).orElseThrow();
        assertThat(answer).hasContent("the answer");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(answer)))
                .isEqualTo("rw-------");
        command.forget(id);
        assertThat(files()).isEmpty();
    }

    @Test
    void what_nobody_waits_for_any_more_is_removed_and_other_files_stay() throws IOException {
        Files.writeString(folder.resolve("support-notes.txt"), "of an operator");
        Questions early = new Questions(folder, Clock.systemUTC());
        early.ask();
        early.answer(early.ask(), file -> Files.writeString(file, "the answer"));
        Questions late = new Questions(folder, Clock.offset(Clock.systemUTC(), Duration.ofMinutes(3)));

        assertThat(late.asked()).isEmpty();

        assertThat(files()).containsExactly("support-notes.txt");
    }

    @Test
    void of_two_processes_that_share_the_folder_one_answers() throws IOException {
        Questions service = new Questions(folder, Clock.systemUTC());
        Questions other = new Questions(folder, Clock.systemUTC());
        String id = service.ask();
        assertThat(service.asked()).isEqualTo(other.asked());

        service.answer(id, file -> {
            Files.writeString(file, "the answer");
            other.answer(id, second -> Files.writeString(second, "another"));
        });

        assertThat(service.answered(id).orElseThrow()).hasContent("the answer");
        assertThat(files()).containsExactly("support-" + id + ".zip");
    }

    @Test
    void where_there_is_no_folder_nothing_is_asked() {
        assertThatThrownBy(() -> new Questions(folder.resolve("none"), Clock.systemUTC()).ask())
                .isInstanceOf(IOException.class);
        assertThat(new Questions(folder.resolve("none"), Clock.systemUTC()).asked())
                .isEmpty();
    }

    private Stream<String> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList().stream();
        }
    }
}
