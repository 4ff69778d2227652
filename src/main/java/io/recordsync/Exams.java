package io.recordsync;

import io.recordsync.Wiring.Tokens;
import io.recordsync.config.CallbackMode;
import io.recordsync.config.SalesforceSettings;
import io.recordsync.config.Settings;
import io.recordsync.config.TalkdeskSettings;
import io.recordsync.deletion.DeliveryMode;
import io.recordsync.doctor.Doctor;
import io.recordsync.doctor.Exam;
import io.recordsync.network.Outbound;
import io.recordsync.network.Target;
import io.recordsync.ops.alerts.AlertsExam;
import io.recordsync.salesforce.SalesforceExam;
import io.recordsync.salesforce.stream.Topic;
import io.recordsync.talkdesk.CallbacksExam;
import io.recordsync.talkdesk.TalkdeskExam;
import java.time.Clock;
import java.util.function.Predicate;

/** The exams of both ends, for the doctor and for its command: each goes the way that the service goes. */
final class Exams {

    private final Settings settings;
    private final Outbound outbound;
    private final Tokens tokens;

    Exams(Settings settings, Outbound outbound, Tokens tokens) {
        this.settings = settings;
        this.outbound = outbound;
        this.tokens = tokens;
    }

    Exam salesforce() {
        SalesforceSettings salesforce = settings.salesforce();
        return new SalesforceExam(
                outbound,
                tokens.salesforce(),
                salesforce.loginUrl(),
                new Topic(
                        outbound,
                        new Target(salesforce.pubsubHost(), salesforce.pubsubPort()),
                        salesforce.pubsubPlaintext(),
                        salesforce.channel()),
                salesforce.entities(),
                salesforce.apiVersion(),
                salesforce.timeout());
    }

    /** Only asks. */
    Exam talkdesk() {
        return talkdesk(list -> false);
    }

    /** Likewise, and tries a DELETE of nobody on each list that is not rehearsed. */
    Exam talkdeskProbed() {
        DeliveryMode mode = settings.delivery().mode();
        return talkdesk(list -> !mode.rehearses(list));
    }

    /** @param sendsTest whether a message is sent */
    Exam alerts(boolean sendsTest) {
        Clock clock = Clock.systemUTC();
        return new AlertsExam(
                new AlertsWiring(settings, outbound).webhook(clock),
                settings.alerts().form(),
                sendsTest,
                clock);
    }

    private Exam talkdesk(Predicate<String> mayProbe) {
        TalkdeskSettings talkdesk = settings.talkdesk();
        Exam lists = new TalkdeskExam(
                outbound,
                tokens.talkdesk(),
                talkdesk.apiUrl().toString(),
                talkdesk.lists(),
                talkdesk.scope(),
                settings.delivery().timeout(),
                mayProbe);
        if (!talkdesk.callbacks().on()) {
            return lists;
        }
        Exam callbacks = new CallbacksExam(
                outbound,
                CallbackWiring.reading(settings, outbound),
                CallbackWiring.cancelling(settings, outbound),
                talkdesk.apiUrl().toString(),
                settings.delivery().timeout(),
                talkdesk.callbacks().mode() == CallbackMode.CANCEL);
        return findings -> {
            lists.examine(findings);
            callbacks.examine(findings);
        };
    }

    /** No DELETE call: only the command tries one. */
    Doctor doctor() {
        return new Doctor(salesforce(), talkdesk());
    }
}
