package io.recordsync.ops.alerts;

import io.recordsync.config.WebhookForm;
import io.recordsync.deletion.Word;
import io.recordsync.doctor.Exam;
import io.recordsync.doctor.Findings;
import io.recordsync.ops.alerts.Notice.State;
import java.time.Clock;
import java.time.temporal.ChronoUnit;

/**
 * Whether people would be told: with a message, if one is wished for. That it was taken does not prove that anybody sees it.
 */
public final class AlertsExam implements Exam {

    private static final String CHECK = "alerts webhook";

    private final Webhook webhook;
    private final WebhookForm form;
    private final boolean sends;
    private final Clock clock;

    /**
     * @param sends whether a message is sent
     */
    public AlertsExam(Webhook webhook, WebhookForm form, boolean sends, Clock clock) {
        this.webhook = webhook;
        this.form = form;
        this.sends = sends;
        this.clock = clock;
    }

    @Override
    public void examine(Findings findings) {
        if (!webhook.isSet()) {
            if (sends) {
                findings.fail(CHECK, "there is none to send a test to → set alerts.webhook");
            }
        } else if (!sends) {
            findings.ok(
                    CHECK,
                    "%s at %s; doctor --send-test sends a message there".formatted(Word.dashed(form), webhook.host()));
        } else {
            send(findings);
        }
    }

    private void send(Findings findings) {
        Notice test = new Notice(
                "doctor",
                State.TEST,
                "Somebody ran the doctor of salesforce-talkdesk-sync to see whether messages arrive here",
                clock.instant().truncatedTo(ChronoUnit.MILLIS),
                0);
        Posted posted = webhook.post(test);
        switch (posted.fate()) {
            case TAKEN -> findings.ok(
                    CHECK,
                    "%s answered %s → look into the channel whether the test is there%s"
                            .formatted(
                                    webhook.host(),
                                    posted.status(),
                                    form == WebhookForm.TEAMS
                                            ? ": Teams answers so to what it then drops, too"
                                            : form == WebhookForm.PAGERDUTY ? ", and resolve it" : ""));
            case AGAIN -> findings.fail(CHECK, posted.words() + " → try again");
            case REFUSED -> findings.fail(CHECK, posted.words());
        }
    }
}
