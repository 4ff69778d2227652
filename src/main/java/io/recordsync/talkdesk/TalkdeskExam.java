package io.recordsync.talkdesk;

import com.fasterxml.jackson.databind.JsonNode;
import io.recordsync.config.ListSettings;
import io.recordsync.deletion.ListRules;
import io.recordsync.doctor.Answer;
import io.recordsync.doctor.Asker;
import io.recordsync.doctor.Exam;
import io.recordsync.doctor.Findings;
import io.recordsync.network.Outbound;
import io.recordsync.oauth.AccessTokens;
import io.recordsync.oauth.Token;
import io.recordsync.oauth.TokenUnavailableException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;

/**
 * Whether Talkdesk lets in with the scope that is needed, has the right time and the lists, by id and by name, and gets the bodies
 * of DELETE calls.
 *
 * <p>The last is asked by the call that the service makes, with one record id that was made up a moment before (a random
 * UUID), so that there is nothing to delete. Its answers are taken to mean:
 *
 * <ul>
 *   <li>2xx, or a 404 in Talkdesk's own form while the list is there: the body was read, and names no record;
 *   <li>400 that names the item ({@code fields[].name} with {@code [0]} or {@code id}): it was read too;
 *   <li>any other 400, 411 or 422: Talkdesk misses what was sent, so that something in between strips it;
 *   <li>403: scope or permission; 405 and 501: something in between does not know the call; a 2xx or 403 in another form is not
 *       Talkdesk's;
 *   <li>all else, and no answer: nothing is known yet.
 * </ul>
 */
public final class TalkdeskExam implements Exam {

    private static final String NEEDED = "record-lists:manage";
    private static final String LOGIN = "talkdesk login";
    private static final String SCOPE = "talkdesk scope";
    private static final String CLOCK = "talkdesk clock";
    private static final String DELETE = "talkdesk delete body";

    private final Asker asker;
    private final AccessTokens tokens;
    private final String apiUrl;
    private final ListRules rules;
    private final ListNames names;
    private final String scope;
    private final Predicate<String> mayProbe;

    /**
     * @param scope that was asked for: granted as well, where the answer is silent
     * @param mayProbe whether a DELETE call may be tried on a record list that is served; one is chosen
     */
    public TalkdeskExam(
            Outbound outbound,
            AccessTokens tokens,
            String apiUrl,
            ListSettings lists,
            String scope,
            Duration timeout,
            Predicate<String> mayProbe) {
        this.asker = new Asker(outbound, timeout);
        this.tokens = tokens;
        this.apiUrl = apiUrl;
        this.rules = lists.rules();
        this.names = new ListNames(asker, apiUrl, lists);
        this.scope = scope;
        this.mayProbe = mayProbe;
    }

    @Override
    public void examine(Findings findings) {
        Optional<Token> token = login(findings);
        if (token.isPresent()) {
            scope(findings, token.get());
        } else {
            findings.skip(SCOPE, "because the login failed");
        }
        List<Answer> answers = new ArrayList<>();
        List<String> there = new ArrayList<>();
        for (String list : rules.ids()) {
            if (token.isEmpty()) {
                findings.skip(check(list), "because the login failed");
            } else if (list(findings, list, token.get(), answers)) {
                there.add(list);
            }
        }
        there.addAll(names.examine(findings, token));
        clock(findings, answers);
        there.stream()
                .filter(mayProbe)
                .findFirst()
                .ifPresentOrElse(
                        list -> deleteBody(findings, list, token.orElseThrow()),
                        () -> findings.skip(
                                DELETE,
                                there.isEmpty()
                                        ? "because there is no list to try it on"
                                        : "no DELETE call is made in a dry run"));
    }

    private Optional<Token> login(Findings findings) {
        long start = System.nanoTime();
        try {
            Token token = tokens.token();
            findings.ok(LOGIN, Duration.ofNanos(System.nanoTime() - start).toMillis() + " ms");
            return Optional.of(token);
        } catch (TokenUnavailableException e) {
            findings.fail(
                    LOGIN,
                    e.getMessage() + " → check talkdesk.token-url, talkdesk.client-id and what talkdesk.auth needs");
            return Optional.empty();
        }
    }

    private void scope(Findings findings, Token token) {
        String granted = token.scope() == null ? scope : token.scope();
        if (List.of(granted.split(" ")).contains(NEEDED)) {
            findings.ok(SCOPE, granted);
        } else {
            findings.fail(
                    SCOPE,
                    "\"" + granted + "\" is granted, without " + NEEDED
                            + " → grant it to the client in Talkdesk, and ask for" + " it in talkdesk.scope");
        }
    }

    /** A clock that is wrong may be why there is no login; a refusal gives the time too. */
    private void clock(Findings findings, List<Answer> answers) {
        try {
            findings.clock(CLOCK, answers.isEmpty() ? asker.get(apiUrl + "/record-lists", null) : answers.get(0));
        } catch (IOException e) {
            findings.skip(CLOCK, e.getMessage());
        }
    }

    private static String check(String list) {
        return "talkdesk list " + (list.length() > 8 ? list.substring(0, 8) : list);
    }

    /** @return whether it is there */
    private boolean list(Findings findings, String list, Token token, List<Answer> answers) {
        try {
            Answer answer = asker.get(apiUrl + "/record-lists/" + list, token.value());
            answers.add(answer);
            JsonNode body = Shape.object(answer.body());
            int status = answer.status();
            boolean talkdesks = status == 200 ? Shape.isOf(list, body) : Shape.isError(status, body);
            if (!talkdesks && status != 429 && status < 500) {
                findings.fail(
                        check(list),
                        status + ", and not by Talkdesk (" + answer.looks()
                                + ") → check talkdesk.api-url; is a proxy or firewall in between?");
                return false;
            }
            switch (status) {
                case 200 -> {
                    type(findings, list, body.path("unique_identifier_type").asText());
                    return true;
                }
                case 404 -> findings.fail(check(list), "404, " + list + " does not exist → check " + key(list));
                case 401 -> findings.fail(
                        check(list), "401, the new token is refused" + words(body) + " → check talkdesk.api-url");
                case 403 -> findings.fail(
                        check(list),
                        "403, forbidden" + words(body) + " → the client needs the scope " + NEEDED
                                + " and access to the list");
                default -> findings.fail(check(list), "answered " + status + words(body) + " → try again");
            }
        } catch (IOException e) {
            findings.fail(check(list), e.getMessage());
        }
        return false;
    }

    /** That names it. */
    private String key(String list) {
        return rules.unbound().contains(list)
                ? "talkdesk.record-lists"
                : "talkdesk.record-lists.of." + String.join(", ", rules.entities(list, ""));
    }

    private void type(Findings findings, String list, String type) {
        if (type.equals("EXTERNAL")) {
            Set<String> entities = rules.entities(list, "");
            findings.ok(
                    check(list),
                    "EXTERNAL" + (entities.isEmpty() ? "" : ", deletions of " + String.join(", ", entities) + " only"));
        } else {
            findings.warn(
                    check(list),
                    list + " is of the type " + type
                            + ": its records may lack the external id, and are not found then →"
                            + " use a list of the type EXTERNAL");
        }
    }

    private void deleteBody(Findings findings, String list, Token token) {
        try {
            Answer answer = asker.delete(
                    apiUrl + "/record-lists/" + list + "/records/bulks",
                    token.value(),
                    "[{\"id\":\"" + UUID.randomUUID() + "\"}]");
            JsonNode body = Shape.object(answer.body());
            int status = answer.status();
            boolean talkdesks = status / 100 == 2
                    ? answer.body().isBlank() || body.isObject() && body.isEmpty() || BulkAnswer.hasForm(body, list)
                    : Shape.isError(status, body);
            if (body.path("total_deleted").asInt() > 0) {
                findings.fail(
                        DELETE,
                        "Talkdesk says that it deleted "
                                + body.path("total_deleted").asInt() + " records for an id that none"
                                + " has → do not start the service; ask Talkdesk");
            } else if (status == 405 || status == 501) {
                findings.fail(DELETE, status + " → something in between does not let DELETE requests through");
            } else if (!talkdesks && (status == 403 || status / 100 == 2)) {
                findings.fail(
                        DELETE,
                        status + ", and not by Talkdesk (" + answer.looks() + ") → is a proxy or firewall in between?");
            } else if (!talkdesks && status != 400 && status != 411 && status != 422) {
                findings.warn(DELETE, "not known yet, answered " + status + " → try again; it was " + answer.looks());
            } else if (status / 100 == 2 || status == 404 || status == 400 && namesItem(body)) {
                findings.ok(DELETE, "arrives (" + status + " for an id that no record has)");
            } else if (status == 400 || status == 411 || status == 422) {
                findings.fail(
                        DELETE,
                        status
                                + ", the body does not arrive → something in between (proxy, firewall) takes the body from"
                                + " DELETE requests: have it let through");
            } else if (status == 403) {
                findings.fail(DELETE, "403, forbidden" + words(body) + " → the client needs the scope " + NEEDED);
            } else {
                findings.warn(DELETE, "not known yet, answered " + status + " → try again");
            }
        } catch (IOException e) {
            findings.warn(DELETE, "not known yet, " + e.getMessage() + " → try again");
        }
    }

    private static String words(JsonNode error) {
        return Shape.describesError(error) || error.path("message").isTextual() ? Said.behind(error) : "";
    }

    private static boolean namesItem(JsonNode refusal) {
        for (JsonNode field : refusal.path("fields")) {
            String name = field.path("name").asText();
            if (name.contains("[0]") || name.equals("id") || name.endsWith(".id")) {
                return true;
            }
        }
        return false;
    }
}
