package io.recordsync.inbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process is dead when the kernel proves it, and whatever might be another kernel, namespace or history proves nothing. */
class HostProcessTest {

    private static final String PIDS = "pid:[4026532201]";
    private static final String TIMES = "time:[4026531834]";
    private static final long OLD = 100;
    private static final long NEW = 200;
    private static final long SILENT = 4_000;

    @TempDir
    Path folder;

    private FakeProc proc;
    private String old;

    @BeforeEach
    void a_process_ran_and_another_starts_four_seconds_after_its_last_heartbeat() throws IOException {
        proc = new FakeProc(folder).process(OLD, 5_000).self(OLD, PIDS, TIMES);
        old = new HostProcess(folder, OLD).text();
        proc.up(1_000_000 + SILENT).process(NEW, 9_000).self(NEW, PIDS, TIMES);
    }

    @Test
    void a_process_says_which_one_it_is() {
        assertThat(old)
                .isEqualTo("boot=3a1f0c52-8d7e-4b0a-9c51-2f6f1b7f5a10 host=node-1 pidns=" + PIDS + " timens=" + TIMES
                        + " pid=100 start=5000 uptime=1000000");
    }

    @Test
    void one_that_is_not_there_any_more_is_dead() throws IOException {
        proc.gone(OLD);

        assertThat(dead()).isTrue();
    }

    /** Stopped, frozen or starved: it is there. */
    @Test
    void one_that_is_there_lives_however_silent_it_is() throws IOException {
        assertThat(dead()).isFalse();

        proc.up(1_000_000 + 3_600_000);
        assertThat(starter().provesDead(old, 3_600_000)).isFalse();
    }

    @Test
    void one_whose_pid_another_process_has_now_is_dead() throws IOException {
        proc.process(OLD, 8_000);

        assertThat(dead()).isTrue();
    }

    @Test
    void one_of_another_boot_is_waited_for() throws IOException {
        proc.gone(OLD).boot("00000000-8d7e-4b0a-9c51-2f6f1b7f5a10");

        assertThat(dead()).isFalse();
    }

    @Test
    void one_of_another_host_name_is_waited_for() throws IOException {
        proc.gone(OLD).host("node-2");

        assertThat(dead()).isFalse();
    }

    /** Both have pid 1 and one host name. */
    @Test
    void one_of_another_container_is_waited_for() throws IOException {
        Path other = folder.resolve("other");
        new FakeProc(other).up(1_000_000 + SILENT).process(1, 9_000).self(1, "pid:[4026532999]", TIMES);
        proc.process(1, 5_000).up(1_000_000).self(1, PIDS, TIMES);
        String first = new HostProcess(folder, 1).text();

        assertThat(first).contains("pid=1 ");
        assertThat(new HostProcess(other, 1).provesDead(first, SILENT)).isFalse();
    }

    /** As where two containers share a PID namespace: each is seen by the other. */
    @Test
    void one_of_a_shared_namespace_is_dead_when_it_is_gone_and_lives_else() throws IOException {
        assertThat(dead()).isFalse();
        proc.gone(OLD);
        assertThat(dead()).isTrue();
    }

    /** It shifts the start times that are shown. */
    @Test
    void one_of_another_time_namespace_is_waited_for() throws IOException {
        proc.process(OLD, 8_000).self(NEW, PIDS, "time:[4026532777]");

        assertThat(dead()).isFalse();
    }

    /** Same boot, same namespaces, and the process lives in the other copy, or has not ended in this one. */
    @Test
    void one_of_a_machine_that_was_put_back_from_a_snapshot_is_waited_for() throws IOException {
        proc.gone(OLD);

        // The machine stood still for a minute, or the other copy has reported since.
        assertThat(starter().provesDead(old, SILENT + 60_000)).isFalse();
        assertThat(starter().provesDead(old, 1_000)).isFalse();
        proc.up(900_000);
        assertThat(dead()).isFalse();
    }

    @Test
    void one_that_may_be_hidden_is_waited_for() throws IOException {
        proc.gone(OLD);
        for (String options :
                List.of("rw,hidepid=2", "rw,hidepid=invisible", "rw,subset=pid", "rw,hidepid=ptraceable")) {
            proc.mounted(options).self(NEW, PIDS, TIMES);
            assertThat(dead()).as(options).isFalse();
        }
        proc.mounted("rw,hidepid=off").self(NEW, PIDS, TIMES);
        assertThat(dead()).isTrue();
        proc.file(NEW + "/mountinfo", "");
        assertThat(dead()).isFalse();
    }

    /** Another process at its pid is to be seen, so that it is none that is hidden. */
    @Test
    void one_whose_pid_is_seen_to_be_another_is_dead_also_where_some_are_hidden() throws IOException {
        proc.process(OLD, 8_000).mounted("rw,hidepid=2").self(NEW, PIDS, TIMES);

        assertThat(dead()).isTrue();
    }

    @Test
    void the_processes_of_another_namespace_prove_nothing() throws IOException {
        proc.gone(OLD).file(NEW + "/status", "Name:\tjava\nNSpid:\t200\t1\n");
        assertThat(starter().text()).isEmpty();
        assertThat(dead()).isFalse();

        // The host's /proc in a container.
        assertThat(new HostProcess(folder, 1).text()).isEmpty();
    }

    @Test
    void without_proc_nobody_is_dead() throws IOException {
        HostProcess blind = new HostProcess(folder.resolve("nothing"), NEW);
        assertThat(blind.text()).isEmpty();
        assertThat(blind.provesDead(old, SILENT)).isFalse();

        proc.gone(OLD).remove("sys/kernel/random/boot_id");
        assertThat(dead()).isFalse();
    }

    @Test
    void one_that_does_not_say_or_says_something_else_is_waited_for() throws IOException {
        proc.gone(OLD);

        for (String text : List.of("", "pid=100", old.replace("start=5000 ", ""), old.replace("pid=100", "pid=x"))) {
            assertThat(starter().provesDead(text, SILENT)).as(text).isFalse();
        }
    }

    @Test
    void this_process_lives() {
        HostProcess current = HostProcess.current();

        assertThat(current.provesDead(current.text(), 0)).isFalse();
    }

    private boolean dead() {
        return starter().provesDead(old, SILENT);
    }

    private HostProcess starter() {
        return new HostProcess(folder, NEW);
    }
}
