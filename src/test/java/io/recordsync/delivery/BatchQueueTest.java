package io.recordsync.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.deletion.Batch;
import io.recordsync.deletion.ClaimedDeletion;
import io.recordsync.deletion.Identifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Four calls; each caller is a thread of its own, as the consumers of the route are. */
@Timeout(20)
class BatchQueueTest {

    private final AtomicLong nanos = new AtomicLong(1);
    private final BatchQueue queue = new BatchQueue(4, nanos::get);
    private final DefaultCamelContext context = new DefaultCamelContext();
    private final List<ExecutorService> callers = new ArrayList<>();
    private long lastId;

    @AfterEach
    void stop() throws Exception {
        callers.forEach(ExecutorService::shutdownNow);
        context.close();
    }

    @Test
    void a_list_alone_has_all_calls_in_order() throws Exception {
        List<Exchange> slow = add("slow", 5);

        assertThat(List.of(poll(0), poll(1), poll(2), poll(3))).containsExactlyElementsOf(slow.subList(0, 4));
        assertThat(queue).hasSize(1);
    }

    @Test
    void while_another_one_waits_a_list_has_its_equal_share() throws Exception {
        add("slow", 6);
        add("fast", 6);

        assertThat(lists(0, 1, 2, 3)).containsExactly("slow", "fast", "slow", "fast");
        // The fast ones are answered again and again; the slow ones are not.
        assertThat(lists(1, 3, 1, 3)).containsOnly("fast");
        assertThat(queue).hasSize(4).allMatch(exchange -> list(exchange).equals("slow"));
    }

    @Test
    void a_list_that_comes_later_gets_the_next_calls_until_it_has_its_share() throws Exception {
        add("slow", 8);
        assertThat(lists(0, 1, 2, 3)).containsOnly("slow");
        add("fast", 8);

        assertThat(lists(0, 1)).containsOnly("fast");
        assertThat(lists(2)).containsExactly("slow");
        assertThat(lists(0)).containsExactly("fast");
    }

    @Test
    void what_is_due_in_the_inbox_waits_too() throws Exception {
        queue.moreDue(Set.of("fast"));
        add("slow", 4);

        assertThat(lists(0, 1)).containsOnly("slow");
        assertThat(poll(2)).isNull();

        queue.moreDue(Set.of());
        assertThat(lists(2, 3)).containsOnly("slow");
    }

    @Test
    void a_call_is_kept_for_a_list_that_had_one_lately_and_not_for_ever() throws Exception {
        add("fast", 1);
        assertThat(lists(0)).containsExactly("fast");
        add("slow", 6);
        assertThat(lists(0, 1, 2)).containsOnly("slow");
        assertThat(poll(3)).isNull();

        add("fast", 2);
        assertThat(lists(3, 3)).containsOnly("fast");
        assertThat(poll(3)).isNull();

        nanos.addAndGet(BatchQueue.LATELY.toNanos());
        assertThat(lists(3)).containsExactly("slow");
    }

    @Test
    void with_one_call_nothing_is_kept_and_the_lists_take_turns() throws Exception {
        BatchQueue one = new BatchQueue(1, nanos::get);
        add(one, "fast", 1);
        assertThat(list(one.poll())).isEqualTo("fast");
        add(one, "slow", 2);
        assertThat(list(one.poll())).as("fast had one lately").isEqualTo("slow");
        add(one, "fast", 2);

        assertThat(list(one.poll())).isEqualTo("fast");
        assertThat(list(one.poll())).isEqualTo("slow");
        assertThat(list(one.poll())).isEqualTo("fast");
    }

    @Test
    void the_probe_of_a_suspended_list_takes_one_call_and_keeps_it_for_a_moment_only() throws Exception {
        add("suspended", 1);
        assertThat(lists(0)).containsExactly("suspended");
        add("fast", 8);
        assertThat(lists(1, 2, 3)).as("while it is out").containsOnly("fast");

        assertThat(poll(0)).isNull();
        assertThat(lists(1, 2, 3)).as("after its answer").containsOnly("fast");

        nanos.addAndGet(BatchQueue.LATELY.toNanos());
        assertThat(lists(0)).containsExactly("fast");
    }

    @Test
    void a_batch_that_comes_late_because_it_gathered_gets_the_next_call_and_the_one_after_it() throws Exception {
        add("busy", 12);
        assertThat(lists(0, 1, 2, 3)).as("nothing is kept for rows that gather").containsOnly("busy");
        add("lingering", 1);

        assertThat(lists(0)).containsExactly("lingering");
        add("lingering", 1);
        assertThat(lists(1)).containsExactly("lingering");
        assertThat(lists(2, 3)).containsOnly("busy");
    }

    @Test
    void with_more_lists_than_calls_each_has_one_in_turn() throws Exception {
        for (String list : List.of("a", "b", "c", "d", "e", "f")) {
            add(list, 3);
        }

        assertThat(lists(0, 1, 2, 3, 0, 1)).containsExactly("a", "b", "c", "d", "e", "f");
        assertThat(lists(2, 3)).containsExactly("a", "b");
    }

    @Test
    void what_three_lists_do_not_share_out_goes_to_one_of_them_and_a_slow_one_never_takes_a_second_ones_share()
            throws Exception {
        add("a", 5);
        add("b", 5);
        add("c", 5);

        assertThat(lists(0, 1, 2, 3)).containsExactlyInAnyOrder("a", "b", "c", "a");
        assertThat(lists(1)).as("b is done").containsExactly("b");
        assertThat(lists(2)).as("c is done").containsExactly("c");
    }

    @Test
    void a_thread_that_died_has_no_call_any_more() throws Exception {
        add("slow", 3);
        add("fast", 3);
        assertThat(lists(0, 1, 2, 3)).contains("slow", "fast");
        callers.get(0).shutdownNow();
        assertThat(callers.get(0).awaitTermination(5, TimeUnit.SECONDS)).isTrue();
        callers.set(0, Executors.newSingleThreadExecutor());

        assertThat(lists(0)).containsExactly("slow");
    }

    @Test
    void a_caller_that_waits_is_given_what_comes_and_what_another_one_is_done_with() throws Exception {
        Future<Exchange> waits = caller(0).submit(() -> queue.poll(10, TimeUnit.SECONDS));
        add("fast", 1);
        assertThat(list(waits.get())).isEqualTo("fast");

        queue.moreDue(Set.of("fast"));
        add("slow", 3);
        assertThat(lists(1, 2)).containsOnly("slow");
        Future<Exchange> third = caller(3).submit(() -> queue.poll(10, TimeUnit.SECONDS));
        assertThat(poll(1)).isNotNull();
        queue.moreDue(Set.of());
        nanos.addAndGet(BatchQueue.LATELY.toNanos());
        add("other", 1);
        assertThat(third.get()).isNotNull();
    }

    private List<Exchange> add(String list, int batches) {
        return add(queue, list, batches);
    }

    private List<Exchange> add(BatchQueue queue, String list, int batches) {
        List<Exchange> added = new ArrayList<>();
        for (int i = 0; i < batches; i++) {
            Exchange exchange = new DefaultExchange(context);
            Identifier contact = Identifier.external("salesforce", "003-" + ++lastId);
            exchange.getMessage()
                    .setBody(new Batch(List.of(new ClaimedDeletion(lastId, list, contact, 0, 0, "session"))));
            queue.add(exchange);
            added.add(exchange);
        }
        return added;
    }

    private List<String> lists(int... numbers) throws Exception {
        List<String> lists = new ArrayList<>();
        for (int number : numbers) {
            lists.add(list(poll(number)));
        }
        return lists;
    }

    private static String list(Exchange exchange) {
        return exchange == null
                ? null
                : exchange.getMessage().getBody(Batch.class).recordList();
    }

    /** What this caller, done with what it had, is given at once. */
    private Exchange poll(int caller) throws Exception {
        return caller(caller).submit(() -> queue.poll()).get();
    }

    private ExecutorService caller(int number) {
        while (callers.size() <= number) {
            callers.add(Executors.newSingleThreadExecutor());
        }
        return callers.get(number);
    }
}
