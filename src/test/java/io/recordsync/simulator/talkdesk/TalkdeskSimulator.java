package io.recordsync.simulator.talkdesk;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.interfaces.ECPublicKey;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import javax.net.ServerSocketFactory;
import javax.net.ssl.SSLContext;

/**
 * A Talkdesk on the loopback interface that really deletes records, fails as it is told, and remembers every call.
 *
 * <pre>{@code
 * try (TalkdeskSimulator talkdesk = TalkdeskSimulator.start()) {
 *     talkdesk.addList("list-1", "EXTERNAL");
 *     talkdesk.addRecords("list-1", "salesforce", List.of("003DL0000212DetYAE", "003DL0000214OYdYAM"));
 *     talkdesk.answers(503, 429, 200);
 *     …
 *     talkdesk.awaitGone("list-1", List.of("003DL0000212DetYAE"));
 *     assertThat(talkdesk.mistakes()).isEmpty();
 * }
 * }</pre>
 *
 * <p>A call that the public pages do not allow (path, content type, body, authorization) is refused, noted in
 * {@link #mistakes()} and takes nothing from the script. Where the pages are silent the narrow reading is taken: a
 * client that passes here asks for nothing undocumented. Waits are bounded and fail with an AssertionError that says
 * what was seen. Thread-safe.
 */
public final class TalkdeskSimulator implements AutoCloseable {

    public static final String CLIENT_ID = "simulator-client";
    public static final String CLIENT_SECRET = "simulator-secret";

    private static final String MANAGE_LISTS = "record-lists:manage";
    private static final String MANAGE_RECORDS = "tod.records-list.manage";
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int DEFAULT_PER_PAGE = 20;
    private static final int MOST_PER_PAGE = 100;

    private final Clock clock;
    private final TokenEndpoint tokens;
    private final CallLog log = new CallLog();
    private final Gate arrivals = new Gate();
    private final Gate answers = new Gate();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Map<String, RecordList> lists = new ConcurrentSkipListMap<>();
    private final Script script = new Script();
    private final Map<String, Script> scripts = new ConcurrentHashMap<>();
    private final Map<String, IntConsumer> afterPages = new ConcurrentHashMap<>();
    private final Queue<Answer> readAnswers = new ConcurrentLinkedQueue<>();
    private final Queue<Answer> callbackAnswers = new ConcurrentLinkedQueue<>();
    private final Callbacks callbacks = new Callbacks();
    private final Queue<Answer> tokenAnswers = new ConcurrentLinkedQueue<>();
    private final Queue<String> intercepted = new ConcurrentLinkedQueue<>();
    private final AtomicLong nextPhoneNumber = new AtomicLong(12_000_000_000L);
    private final String scheme;
    private final WireServer server;

    private volatile FailedRecords failedRecords = FailedRecords.NAMED;
    private volatile boolean notFoundWhenNothingMatches;
    private volatile boolean recordsNeedTheirOwnScope;
    private volatile boolean tokenHangs;
    private volatile boolean totalPagesHidden;
    private volatile Duration latency = Duration.ZERO;
    private volatile String linkBase;
    private volatile PageLinks links = PageLinks.LAST_HAS_NO_NEXT;
    private volatile Middlebox middlebox;

    /** How records that could not be deleted are shown in the answer. */
    public enum FailedRecords {
        /** By their record ids; {@code GET} shows them. */
        NAMED,
        /** By their record ids, but each is gone by the time anybody asks. */
        GONE_MEANWHILE,
        /** By ids that belong to no record; the records stay. */
        UNKNOWN_IDS,
        /** Not at all, though {@code total_errors} counts them. */
        OMITTED
    }

    private TalkdeskSimulator(int port, Clock clock, SSLContext tls) {
        this.clock = clock;
        tokens = new TokenEndpoint(clock, CLIENT_ID, CLIENT_SECRET);
        scheme = tls == null ? "http" : "https";
        server = new WireServer(
                port,
                tls == null ? ServerSocketFactory.getDefault() : tls.getServerSocketFactory(),
                clock,
                this::serve);
        linkBase = url();
    }

    public static TalkdeskSimulator start() {
        return start(0);
    }

    public static TalkdeskSimulator start(int port) {
        return start(port, Clock.systemUTC());
    }

    /** The clock decides when tokens and assertions expire. */
    public static TalkdeskSimulator start(int port, Clock clock) {
        return new TalkdeskSimulator(port, clock, null);
    }

    /** It speaks TLS, with this key. */
    public static TalkdeskSimulator start(SSLContext tls) {
        return new TalkdeskSimulator(0, Clock.systemUTC(), tls);
    }

    /** The API's base, without a slash at its end. */
    public String url() {
        return scheme + "://127.0.0.1:" + server.port();
    }

    public String tokenUrl() {
        return url() + "/oauth/token";
    }

    @Override
    public void close() {
        closed.countDown();
        arrivals.demolish();
        answers.demolish();
        server.close();
    }

    // ---- Lists and records

    /** @param uniqueIdentifierType {@code EXTERNAL}, {@code PHONE_NUMBER} or {@code NOTHING} */
    public void addList(String id, String uniqueIdentifierType) {
        if (lists.putIfAbsent(id, new RecordList(id, uniqueIdentifierType, clock.instant())) != null) {
            throw new IllegalArgumentException("List " + id + " is there already");
        }
    }

    /** Likewise, with a name. */
    public void addList(String id, String uniqueIdentifierType, String name) {
        addList(id, uniqueIdentifierType);
        renameList(id, name);
    }

    public void renameList(String id, String name) {
        list(id).name(name);
    }

    /** As {@code GET /record-lists} says: {@code INCOMPLETE} or {@code VALIDATION_STARTED} while it is loaded. */
    public void listStatus(String id, String status) {
        list(id).status(status);
    }

    /** It is no longer shown, and each call to it is answered with 404. @return puts it back, with its records */
    public Runnable removeList(String id) {
        RecordList removed = list(id);
        lists.remove(id);
        return () -> lists.put(id, removed);
    }

    /** Adds a record with an id and, where none is given, a phone number of its own. */
    public TalkdeskRecord addRecord(String list, String externalProvider, String externalId, String... phoneNumbers) {
        List<String> numbers =
                phoneNumbers.length > 0 ? List.of(phoneNumbers) : List.of("+" + nextPhoneNumber.incrementAndGet());
        TalkdeskRecord record = new TalkdeskRecord(
                UUID.randomUUID().toString(),
                list,
                numbers,
                "Ada",
                "Example",
                externalProvider,
                externalId,
                clock.instant());
        list(list).add(record);
        return record;
    }

    public void addRecords(String list, String externalProvider, Collection<String> externalIds) {
        externalIds.forEach(externalId -> addRecord(list, externalProvider, externalId));
    }

    /** The records that are still there, in the order in which they were added. */
    public List<TalkdeskRecord> records(String list) {
        return list(list).records();
    }

    public int recordCount(String list) {
        return list(list).size();
    }

    /** Whether the list still has a record of this external id, whatever the provider. */
    public boolean holds(String list, String externalId) {
        return list(list).holds(externalId);
    }

    // ---- Callbacks

    /** Somebody is to be called again, from a record of a list. @return the callback's id */
    public String scheduleCallback(String list, TalkdeskRecord record) {
        return callbacks.add(list, record.id());
    }

    /** What is scheduled, and how its pages are shown. */
    public Callbacks callbacks() {
        return callbacks;
    }

    /** The next calls about callbacks are answered so, one each. */
    public void callbackAnswer(Answer... next) {
        callbackAnswers.addAll(List.of(next));
    }

    // ---- What shall go wrong

    /** What shall go wrong in the bulk delete calls of any list. */
    public Script onAllLists() {
        return script;
    }

    /** What shall go wrong in the bulk delete calls of this list; goes before {@link #onAllLists()}. */
    public Script onList(String list) {
        return scripts.computeIfAbsent(list, key -> new Script());
    }

    /** The next bulk delete calls are answered with these statuses, one each. */
    public void answers(int... statuses) {
        script.answers(statuses);
    }

    /** The next bulk delete calls are answered so, one each. */
    public void answer(Answer... next) {
        script.answer(next);
    }

    /** Every further bulk delete call is answered so, until {@link #answerNormally()}. */
    public void always(Answer answer) {
        script.always(answer);
    }

    /** Something in between answers calls, which then never arrive here, until {@link #answerNormally()}. */
    public void behind(Middlebox box) {
        middlebox = box;
    }

    /** What a middlebox has answered since the start: method and target of each call. */
    public List<String> intercepted() {
        return List.copyOf(intercepted);
    }

    /** Forgets queued and standing answers, of all lists too, of reads, of tokens and of a middlebox. */
    public void answerNormally() {
        script.answerNormally();
        scripts.values().forEach(Script::answerNormally);
        readAnswers.clear();
        callbackAnswers.clear();
        tokenAnswers.clear();
        tokenHangs = false;
        middlebox = null;
    }

    public void undeletable(String... identifiers) {
        script.undeletable(identifiers);
    }

    public void failedRecordsAre(FailedRecords shown) {
        failedRecords = shown;
    }

    public void refuses(String... identifiers) {
        script.refuses(identifiers);
    }

    /** Whether a call none of whose items is in the list answers 404 instead of 200 with a total of 0. */
    public void notFoundWhenNothingMatches(boolean notFound) {
        notFoundWhenNothingMatches = notFound;
    }

    /** Whether reading records needs {@code tod.records-list.manage}, as one page says. */
    public void recordsNeedTheirOwnScope(boolean strict) {
        recordsNeedTheirOwnScope = strict;
    }

    /** Every href of every answer starts so, instead of with {@link #url()}: another host that must not be followed. */
    public void linksPointTo(String base) {
        linkBase = base;
    }

    /** In which form pages link to one another. */
    public void pageLinks(PageLinks form) {
        links = form;
    }

    /** Pages do not say how many there are: {@code total_pages} is optional. */
    public void hideTotalPages(boolean hide) {
        totalPagesHidden = hide;
    }

    /** Called after each page of a list's records has been read, before it is answered, with the number of the page. */
    public void afterPage(String list, IntConsumer then) {
        list(list);
        afterPages.put(list, then);
    }

    /** As if somebody deleted them in Talkdesk: what follows them moves up, also to pages that were read already. */
    public void removeRecords(String list, Collection<String> externalIds) {
        RecordList from = list(list);
        from.records().stream()
                .filter(record -> externalIds.contains(record.externalId()))
                .forEach(from::remove);
    }

    /** The next calls that read lists or records are answered with these statuses, one each. */
    public void readAnswers(int... statuses) {
        Arrays.stream(statuses).mapToObj(Answer::status).forEach(readAnswers::add);
    }

    /** The next calls that read lists or records are answered so, one each. */
    public void readAnswer(Answer... next) {
        readAnswers.addAll(List.of(next));
    }

    /** Every answer but a token's is late by this, after its effect. */
    public void latency(Duration late) {
        latency = late;
    }

    /** Bulk delete calls arrive and are recorded, but wait, with nothing deleted, until {@link #releaseCalls()}. */
    public void holdCalls() {
        arrivals.shut();
    }

    /** What is held goes on, also where the client has left meanwhile. */
    public void releaseCalls() {
        arrivals.open();
    }

    /** Bulk delete calls take effect, but their answers wait until {@link #releaseAnswers()}. */
    public void holdAnswers() {
        answers.shut();
    }

    public void releaseAnswers() {
        answers.open();
    }

    /** While on, connections are accepted and nothing is answered, on those that are open too; then what was asked is answered. */
    public void frozen(boolean on) {
        server.freeze(on);
    }

    /** Connections are cut and new ones refused until {@link #listenAgain()}. */
    public void stopListening() {
        server.stopListening();
    }

    public void listenAgain() {
        server.listenAgain();
    }

    // ---- Tokens

    /** The scopes that a client may ask for; at first both. Tokens given out keep theirs. */
    public void grantScopes(String... scopes) {
        tokens.grant(Set.of(scopes));
    }

    public void tokenLifetime(Duration lifetime) {
        tokens.lifetime(lifetime);
    }

    /** Lets {@code private_key_jwt} assertions with this {@code kid} in. */
    public void registerKey(String kid, ECPublicKey key) {
        tokens.key(kid, key);
    }

    /** The next token requests are answered with these statuses, one each; 200 = normally. */
    public void tokenAnswers(int... statuses) {
        Arrays.stream(statuses).mapToObj(Answer::status).forEach(tokenAnswers::add);
    }

    public void tokenAnswer(Answer... next) {
        tokenAnswers.addAll(List.of(next));
    }

    /** Token requests are never answered, until {@link #answerNormally()}. */
    public void hangToken() {
        tokenHangs = true;
    }

    /** Every token given out so far is refused with 401 from now on. */
    public void revokeTokens() {
        tokens.revokeAll();
    }

    // ---- What was seen

    public List<DeleteCall> deletes() {
        return log.deletes();
    }

    public List<DeleteCall> deletesOf(String list) {
        return deletes().stream().filter(call -> call.recordList().equals(list)).toList();
    }

    /** The calls that carried this external id, phone number or record id to the list, in order. */
    public List<DeleteCall> sent(String list, String identifier) {
        return log.sentTo(list).getOrDefault(identifier, List.of());
    }

    /** Every identifier sent to the list, with the calls that carried it: for stories with thousands of them. */
    public Map<String, List<DeleteCall>> sentTo(String list) {
        return log.sentTo(list);
    }

    /**
     * Items sent again after a call had confirmed them. A killed client may have left before it could read a
     * confirming answer: compare {@link DeleteCall#answeredNanos()} with the time of the kill.
     */
    public List<Repeat> repeats() {
        return log.repeats();
    }

    public List<ReadCall> reads() {
        return log.reads();
    }

    public List<TokenCall> tokenCalls() {
        return log.tokens();
    }

    /** How many TCP connections came in since the start. */
    public int connections() {
        return server.accepted();
    }

    /** Every call that the public pages do not allow, in words. */
    public List<String> mistakes() {
        return log.mistakes();
    }

    /** Bulk delete calls since the start, those forgotten too. */
    public int deleteCount() {
        return log.seen();
    }

    /** Records deleted by calls since the start, those forgotten too. */
    public long recordsDeleted() {
        return log.recordsDeleted();
    }

    /** The most bulk delete calls that were between arrival and answer at one time. */
    public int maxConcurrentDeletes() {
        return log.mostInFlight();
    }

    /** Empties the record of calls and mistakes; the counts go on. */
    public void forgetCalls() {
        log.forget();
    }

    /**
     * For a benchmark: of calls nothing is kept but counts and mistakes, and a client that left before a late answer counts as
     * answered. What is refused stays the same.
     */
    public void keepOnlyCounts() {
        log.keepOnlyCounts();
    }

    /** Waits until calls have deleted that many records since the start. */
    public void awaitRecordsDeleted(long count, Duration atMost) {
        log.await(atMost, () -> log.recordsDeleted() >= count, () -> "Expected %d records to be deleted, saw %d"
                .formatted(count, log.recordsDeleted()));
    }

    /** Waits until that many bulk delete calls have arrived since the start. */
    public void awaitDeletes(int count) {
        awaitDeletes(count, PATIENCE);
    }

    public void awaitDeletes(int count, Duration atMost) {
        log.await(atMost, () -> log.seen() >= count, () -> "Expected %d bulk delete calls, saw %d"
                .formatted(count, log.seen()));
    }

    /** Waits until the list has no record of any of these external ids. */
    public void awaitGone(String list, Collection<String> externalIds) {
        awaitGone(list, externalIds, PATIENCE);
    }

    public void awaitGone(String list, Collection<String> externalIds, Duration atMost) {
        RecordList records = list(list);
        Set<String> left = new HashSet<>(externalIds);
        log.await(
                atMost,
                () -> {
                    left.removeIf(externalId -> !records.holds(externalId));
                    return left.isEmpty();
                },
                () -> "Expected %d external ids to leave list %s, %d are still there (%s), after %d bulk delete calls"
                        .formatted(
                                externalIds.size(),
                                list,
                                left.size(),
                                left.stream().limit(3).toList(),
                                log.seen()));
    }

    // ---- Serving

    private void serve(Request request, Connection connection) throws IOException {
        Middlebox box = middlebox;
        if (box != null && box.takes(request)) {
            intercepted.add(request.method() + ' ' + request.target());
            delay(box.answer().delay());
            deliver(box.answer(), box.answer().reply(), connection);
            return;
        }
        try {
            List<String> path = request.segments();
            if (path.get(0).equals("schedule-callbacks")) {
                serveCallbacks(path, request, connection);
            } else if (request.path().equals("/oauth/token")) {
                serveToken(request, connection);
            } else if (path.size() == 4
                    && path.get(0).equals("record-lists")
                    && path.get(2).equals("records")
                    && path.get(3).equals("bulks")
                    && request.method().equals("DELETE")) {
                serveDelete(path.get(1), request, connection);
            } else {
                serveRead(path, request, connection);
            }
        } catch (RuntimeException e) {
            log.mistake("The simulator failed at %s %s: %s".formatted(request.method(), request.target(), e));
            connection.send(Reply.error(500, "simulator", "The simulator failed: " + e));
        }
    }

    private void serveToken(Request request, Connection connection) throws IOException {
        long arrived = System.nanoTime();
        TokenEndpoint.Grant grant = tokens.answer(request, tokenUrl());
        Answer answer = tokenHangs
                ? Answer.hang()
                : Optional.ofNullable(tokenAnswers.poll()).orElse(Answer.normal());
        boolean scripted = !answer.success() || answer.body().isPresent();
        Reply reply = scripted ? answer.reply() : grant.reply().with(answer.headers());
        int status = statusOnWire(answer, reply);
        String token = status == 200 && !scripted ? grant.token() : "";
        log.token(new TokenCall(arrived, grant.authentication(), grant.scope(), status, token));
        if (grant.reply().status() == 400 || grant.reply().status() == 405) {
            log.mistake("Token request: " + new String(grant.reply().body(), StandardCharsets.UTF_8));
        }
        delay(answer.delay());
        deliver(answer, reply, connection);
    }

    private void serveCallbacks(List<String> path, Request request, Connection connection) throws IOException {
        long arrived = System.nanoTime();
        Answer answer = Optional.ofNullable(callbackAnswers.poll()).orElse(Answer.normal());
        Reply reply = !answer.success() || answer.body().isPresent() ? answer.reply() : callbacks(path, request);
        log.read(new ReadCall(
                arrived, request.method(), request.target(), request.bearer(), statusOnWire(answer, reply)));
        delay(latency.plus(answer.delay()));
        deliver(answer, reply, connection);
    }

    private Reply callbacks(List<String> path, Request request) {
        boolean one = path.size() == 2 && request.method().equals("DELETE");
        if (!one && !(path.size() == 1 && request.method().equals("GET"))) {
            return mistaken(request, Reply.error(404, "not_found", "No such resource"));
        }
        Optional<Reply> refusal = unauthorized(request, Set.of(one ? Callbacks.CANCEL : Callbacks.READ));
        if (refusal.isPresent()) {
            return refusal.get();
        }
        Reply reply = one ? callbacks.cancel(path.get(1)) : callbacks.page(request, url());
        return reply.status() == 400 ? mistaken(request, reply) : reply;
    }

    private void serveRead(List<String> path, Request request, Connection connection) throws IOException {
        long arrived = System.nanoTime();
        Answer answer = Optional.ofNullable(readAnswers.poll()).orElse(Answer.normal());
        Reply reply = !answer.success() || answer.body().isPresent() ? answer.reply() : read(path, request);
        log.read(new ReadCall(
                arrived, request.method(), request.target(), request.bearer(), statusOnWire(answer, reply)));
        delay(latency.plus(answer.delay()));
        deliver(answer, reply, connection);
    }

    private Reply read(List<String> path, Request request) {
        boolean known = path.get(0).equals("record-lists")
                && (path.size() <= 2 || path.size() <= 4 && path.get(2).equals("records"))
                && path.stream().noneMatch(String::isEmpty);
        if (!known) {
            return mistaken(request, Reply.error(404, "not_found", "No such resource"));
        }
        if (!request.method().equals("GET")) {
            return mistaken(request, Reply.error(405, "method_not_allowed", "Method not allowed"));
        }
        boolean ofRecords = path.size() > 2;
        Set<String> enough = !ofRecords
                ? Set.of(MANAGE_LISTS)
                : recordsNeedTheirOwnScope ? Set.of(MANAGE_RECORDS) : Set.of(MANAGE_LISTS, MANAGE_RECORDS);
        Optional<Reply> refusal = unauthorized(request, enough);
        if (refusal.isPresent()) {
            return refusal.get();
        }
        if (path.size() == 1) {
            List<RecordList> all = lists.entrySet().stream()
                    .filter(list -> !gone(list.getKey()))
                    .map(Map.Entry::getValue)
                    .toList();
            return page(request, "/record-lists", "record_lists", all.size(), (page, perPage) -> all.stream()
                    .skip((page - 1L) * perPage)
                    .limit(perPage)
                    .map(RecordList::json)
                    .toList());
        }
        String id = path.get(1);
        refusal = listRefused(id);
        if (refusal.isPresent()) {
            return refusal.get();
        }
        RecordList list = lists.get(id);
        if (path.size() == 2) {
            return Reply.json(200, list.json());
        }
        if (path.size() == 3) {
            return page(request, "/record-lists/" + id + "/records", "records", list.size(), (page, perPage) -> {
                List<Object> shown = list.page(page, perPage).stream()
                        .map(TalkdeskRecord::json)
                        .toList();
                afterPages.getOrDefault(id, any -> {}).accept(page);
                return shown;
            });
        }
        TalkdeskRecord record = list.find(path.get(3));
        return record == null
                ? Reply.error(404, "record_not_found", "Record not found")
                : Reply.json(200, record.json());
    }

    private void serveDelete(String list, Request request, Connection connection) throws IOException {
        BulkBody body = BulkBody.read(request.body());
        DeleteCall call = log.arrived(list, body.items(), request);
        try {
            // Asked before the effect: a test may see the effect, leave and open the gate before this call gets there.
            boolean waited = arrivals.pass() | answers.isShut();
            Optional<Reply> refusal = notAllowed(request, body);
            Answer answer = refusal.isPresent() ? Answer.normal() : next(call);
            Consequence consequence = refusal.map(Consequence::refused).orElseGet(() -> carryOut(call, answer));
            DeleteCall carriedOut = log.deleted(call, consequence.recordsDeleted());
            waited |= answers.pass();
            waited |= delay(latency.plus(answer.delay()));
            // The look takes a millisecond, and nothing would be kept of what it finds.
            waited &= !log.keepsOnlyCounts();
            int status = statusOnWire(answer, consequence.reply());
            if (answer.ending() != Answer.Ending.COMPLETE || waited && connection.clientGone()) {
                log.put(carriedOut.lost(status));
                deliver(answer, consequence.reply(), connection);
                return;
            }
            // Noted before it is written: who has read the answer finds it here.
            DeleteCall answered = log.put(carriedOut.answered(status, consequence.confirms(), System.nanoTime()));
            try {
                connection.send(consequence.reply());
            } catch (IOException e) {
                log.put(answered.lost(status));
                throw e;
            }
        } finally {
            log.ended();
        }
    }

    /** What a call brings about: its reply, the records it deleted, and whether the reply leaves nothing to send again. */
    private record Consequence(Reply reply, int recordsDeleted, boolean confirms) {
        static Consequence refused(Reply reply) {
            return new Consequence(reply, 0, false);
        }
    }

    private Optional<Reply> notAllowed(Request request, BulkBody body) {
        Optional<Reply> unauthorized = unauthorized(request, Set.of(MANAGE_LISTS));
        if (unauthorized.isPresent()) {
            return unauthorized;
        }
        if (request.target().contains("?")) {
            return Optional.of(mistaken(request, Reply.error(400, "bad_request", "The call has no parameters")));
        }
        if (!request.hasContentType("application/json")) {
            return Optional.of(
                    mistaken(request, Reply.error(400, "bad_request", "Content-Type must be application/json")));
        }
        if (!body.mistakes().isEmpty()) {
            return Optional.of(mistaken(
                    request, Reply.error(400, "bad_request", "Invalid items " + body.mistakes(), body.mistakes())));
        }
        return Optional.empty();
    }

    private Answer next(DeleteCall call) {
        Script ofList = scripts.get(call.recordList());
        Answer answer = ofList == null ? null : ofList.queued();
        if (answer == null) {
            answer = script.queued();
        }
        if (answer == null && ofList != null) {
            answer = ofList.standing(call);
        }
        if (answer == null) {
            answer = script.standing(call);
        }
        return answer == null ? Answer.normal() : answer;
    }

    private Consequence carryOut(DeleteCall call, Answer answer) {
        if (!answer.success() && !answer.deletes()) {
            return Consequence.refused(answer.reply());
        }
        Optional<Reply> refusal = listRefused(call.recordList()).or(() -> itemsRefused(call));
        if (refusal.isPresent()) {
            return Consequence.refused(answer.success() ? refusal.get() : answer.reply());
        }
        RecordList list = lists.get(call.recordList());
        RecordList.Outcome outcome = list.delete(call.items(), record -> keeps(call, record), answer.deletes());
        if (failedRecords == FailedRecords.GONE_MEANWHILE) {
            outcome.failed().forEach(list::remove);
        }
        int deleted = answer.deletes() ? outcome.deleted().size() : 0;
        if (!answer.success() || answer.body().isPresent()) {
            return new Consequence(answer.reply(), deleted, false);
        }
        if (notFoundWhenNothingMatches && outcome.matchedNothing()) {
            return Consequence.refused(Reply.error(404, "records_not_found", "Records not found"));
        }
        Reply reply = Reply.json(answer.status(), deletedBody(call.recordList(), outcome, answer.totals()))
                .with(answer.headers());
        boolean confirms = answer.status() == 200
                && answer.deletes()
                && answer.totals()
                && outcome.failed().isEmpty();
        return new Consequence(reply, deleted, confirms);
    }

    private Map<String, Object> deletedBody(String list, RecordList.Outcome outcome, boolean totals) {
        String listHref = linkBase + "/record-lists/" + list;
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("record_list_id", list);
        body.put("has_errors", !outcome.failed().isEmpty());
        if (totals) {
            // The schema ends at 100, though a phone number may match more records than one.
            body.put("total_deleted", Math.min(100, outcome.deleted().size()));
            body.put("total_errors", Math.min(100, outcome.failed().size()));
        }
        body.put("_links", Map.of("self", href(listHref + "/records"), "record_list", href(listHref)));
        if (failedRecords != FailedRecords.OMITTED) {
            List<Object> failed = outcome.failed().stream()
                    .map(record -> failedRecords == FailedRecords.UNKNOWN_IDS
                            ? UUID.randomUUID().toString()
                            : record.id())
                    .<Object>map(id -> Map.of("id", id, "_links", Map.of("self", href(listHref + "/records/" + id))))
                    .toList();
            body.put("_embedded", Map.of("failed_records", failed));
        }
        return body;
    }

    private boolean keeps(DeleteCall call, TalkdeskRecord record) {
        Script ofList = scripts.get(call.recordList());
        return script.keeps(record) || ofList != null && ofList.keeps(record);
    }

    private Optional<Reply> itemsRefused(DeleteCall call) {
        Script ofList = scripts.get(call.recordList());
        List<Map<String, String>> refused = IntStream.range(0, call.items().size())
                .filter(i -> script.refuses(call.items().get(i))
                        || ofList != null && ofList.refuses(call.items().get(i)))
                .mapToObj(i -> Map.of("name", "[" + i + "]", "description", "is not accepted"))
                .toList();
        return refused.isEmpty()
                ? Optional.empty()
                : Optional.of(Reply.error(400, "bad_request", "The submitted data is not accepted", refused));
    }

    private Optional<Reply> listRefused(String id) {
        if (script.isForbidden()
                || Optional.ofNullable(scripts.get(id)).map(Script::isForbidden).orElse(false)) {
            return Optional.of(Reply.error(403, "forbidden", "Forbidden"));
        }
        if (!lists.containsKey(id) || gone(id)) {
            return Optional.of(Reply.error(404, "record_list_not_found", "Record list not found"));
        }
        return Optional.empty();
    }

    private boolean gone(String id) {
        return script.isGone()
                || Optional.ofNullable(scripts.get(id)).map(Script::isGone).orElse(false);
    }

    private Optional<Reply> unauthorized(Request request, Set<String> oneOf) {
        if (request.bearer().isEmpty()) {
            return Optional.of(mistaken(request, Reply.error(401, "unauthorized", "No bearer token")));
        }
        Set<String> scopes = tokens.scopesOf(request.bearer());
        if (scopes.isEmpty()) {
            return Optional.of(Reply.error(401, "unauthorized", "The token is unknown or expired"));
        }
        return Collections.disjoint(scopes, oneOf)
                ? Optional.of(Reply.error(403, "forbidden", "The token lacks the scope"))
                : Optional.empty();
    }

    private Reply mistaken(Request request, Reply reply) {
        log.mistake("%s %s: %d %s"
                .formatted(
                        request.method(),
                        request.target(),
                        reply.status(),
                        new String(reply.body(), StandardCharsets.UTF_8)));
        return reply;
    }

    /** Reads one page, counted from 1. */
    private interface PageOf {
        List<?> read(int page, int perPage);
    }

    private Reply page(Request request, String path, String name, int total, PageOf source) {
        Map<String, String> query = request.query();
        int page;
        int perPage;
        try {
            page = Integer.parseInt(query.getOrDefault("page", "1"));
            perPage = Integer.parseInt(query.getOrDefault("per_page", Integer.toString(DEFAULT_PER_PAGE)));
        } catch (NumberFormatException e) {
            return mistaken(request, Reply.error(400, "bad_request", "page and per_page are numbers"));
        }
        boolean onlyThose = Set.of("page", "per_page").containsAll(query.keySet());
        if (!onlyThose || page < 1 || perPage < 1 || perPage > MOST_PER_PAGE) {
            return mistaken(
                    request, Reply.error(400, "bad_request", "Only page (from 1) and per_page (1 to 100) are known"));
        }
        int last = Math.max(1, (total + perPage - 1) / perPage);
        List<?> found = source.read(page, perPage);
        Map<String, Object> body = new LinkedHashMap<>();
        if (name.equals("records")) {
            body.put("count", total);
        } else {
            body.put("total", total);
            body.put("count", found.size());
        }
        body.put("page", page);
        body.put("per_page", perPage);
        if (!totalPagesHidden) {
            body.put("total_pages", last);
        }
        body.put("_links", links.of(linkBase, path, page, perPage, last));
        body.put("_embedded", Map.of(name, found));
        return Reply.json(200, body);
    }

    private static Map<String, String> href(String url) {
        return Map.of("href", url);
    }

    private static int statusOnWire(Answer answer, Reply reply) {
        return switch (answer.ending()) {
            case COMPLETE, TRUNCATED, TRICKLE, PADDED -> reply.status();
            case RESET, HANG -> 0;
        };
    }

    private static void deliver(Answer answer, Reply reply, Connection connection) throws IOException {
        switch (answer.ending()) {
            case COMPLETE -> connection.send(reply);
            case TRUNCATED -> connection.sendTruncated(reply);
            case RESET -> connection.reset();
            case HANG -> connection.hang();
            case TRICKLE -> connection.sendTrickling(reply);
            case PADDED -> connection.sendPadded(reply, answer.padding());
        }
    }

    /** Waits, and tells whether there was anything to wait for; ends early where the simulator is closed. */
    private boolean delay(Duration time) throws IOException {
        if (time.isZero()) {
            return false;
        }
        try {
            closed.await(time.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted while answering late", e);
        }
    }

    private RecordList list(String id) {
        RecordList list = lists.get(id);
        if (list == null) {
            throw new IllegalArgumentException("No such list: " + id + " (there are " + lists.keySet() + ")");
        }
        return list;
    }
}
