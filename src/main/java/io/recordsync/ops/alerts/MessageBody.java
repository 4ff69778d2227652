package io.recordsync.ops.alerts;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.recordsync.config.WebhookForm;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The body of a message, as each receiver takes it.
 *
 * <p>Slack wants a {@code text}, in which {@code <!channel>} would ring everybody. A Teams workflow wants an Adaptive Card in {@code
 * attachments}, and drops anything else without a word. PagerDuty (Events API v2) puts together what bears one {@code dedup_key}.
 */
final class MessageBody {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MAX_WORDS = 4_000;
    /** PagerDuty's. */
    private static final int MAX_SUMMARY = 1_024;

    private static final int MAX_KEY = 255;
    private static final Pattern MARKDOWN = Pattern.compile("[\\\\`*_~\\[\\]]");

    private final WebhookForm form;
    private final String link;
    private final String routingKey;
    private final String installation;

    /**
     * @param link of the page; empty where it is not known
     * @param routingKey PagerDuty's
     * @param installation the same at every start, and another one in another installation
     */
    MessageBody(WebhookForm form, String link, String routingKey, String installation) {
        this.form = form;
        this.link = link;
        this.routingKey = routingKey;
        this.installation = installation;
    }

    String of(Notice notice) {
        return switch (form) {
            case JSON -> json(notice);
            case SLACK -> slack(notice);
            case TEAMS -> teams(notice);
            case PAGERDUTY -> pagerduty(notice);
        };
    }

    private String json(Notice notice) {
        return JSON.createObjectNode()
                .put("check", notice.check())
                .put("state", state(notice))
                .put("words", cut(notice.words(), MAX_WORDS))
                .put("since", notice.since().toString())
                .put("link", link.isEmpty() ? null : link)
                .toString();
    }

    private static String state(Notice notice) {
        return switch (notice.state()) {
            case DOWN -> "down";
            case UP -> "up";
            case TEST -> "test";
        };
    }

    private String slack(Notice notice) {
        String text = "*" + forSlack(notice.title()) + "*\n" + forSlack(cut(notice.words(), MAX_WORDS)) + "\nsince "
                + notice.since() + (link.isEmpty() ? "" : "\n<" + forSlack(link) + "|Open the page>");
        return JSON.createObjectNode().put("text", text).toString();
    }

    private static String forSlack(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    private String teams(Notice notice) {
        ObjectNode message = JSON.createObjectNode().put("type", "message");
        ObjectNode attachment = message.putArray("attachments").addObject();
        attachment.put("contentType", "application/vnd.microsoft.card.adaptive").putNull("contentUrl");
        ObjectNode card = attachment
                .putObject("content")
                .put("$schema", "http://adaptivecards.io/schemas/adaptive-card.json")
                .put("type", "AdaptiveCard")
                .put("version", "1.2");
        String colour =
                switch (notice.state()) {
                    case DOWN -> "Attention";
                    case UP -> "Good";
                    case TEST -> "Default";
                };
        card.putArray("body")
                .add(block(notice.title()).put("weight", "Bolder").put("color", colour))
                .add(block(cut(notice.words(), MAX_WORDS)))
                .add(block("since " + notice.since()).put("isSubtle", true));
        if (!link.isEmpty()) {
            card.putArray("actions")
                    .addObject()
                    .put("type", "Action.OpenUrl")
                    .put("title", "Open the page")
                    .put("url", link);
        }
        return message.toString();
    }

    /** Without {@code wrap} the text is cut to one line. */
    private static ObjectNode block(String text) {
        return JSON.createObjectNode()
                .put("type", "TextBlock")
                .put("text", MARKDOWN.matcher(text).replaceAll(Matcher.quoteReplacement("\\") + "$0"))
                .put("wrap", true);
    }

    private String pagerduty(Notice notice) {
        String key = "salesforce-talkdesk-sync/" + notice.check() + "/" + installation;
        ObjectNode event = JSON.createObjectNode()
                .put("routing_key", routingKey)
                .put("event_action", notice.state() == Notice.State.UP ? "resolve" : "trigger")
                .put("dedup_key", cut(key, MAX_KEY));
        event.putObject("payload")
                .put("summary", cut(notice.title() + ": " + notice.words(), MAX_SUMMARY))
                .put("source", installation)
                .put("severity", notice.isDown() ? "error" : "info")
                .put("timestamp", notice.since().toString())
                .put("component", "salesforce-talkdesk-sync");
        if (!link.isEmpty()) {
            event.putArray("links").addObject().put("href", link).put("text", "The page of the service");
        }
        return event.toString();
    }

    private static String cut(String text, int max) {
        if (text.length() <= max) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(max - 2)) ? max - 2 : max - 1;
        return text.substring(0, end) + "…";
    }
}
