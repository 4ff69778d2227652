package io.recordsync;

import io.recordsync.Wiring.Tokens;
import io.recordsync.config.SalesforceSettings;
import io.recordsync.config.Settings;
import io.recordsync.config.TalkdeskSettings;
import io.recordsync.doctor.Exam;
import io.recordsync.network.Outbound;
import io.recordsync.salesforce.SalesforceExam;
import io.recordsync.salesforce.stream.Topic;
import io.recordsync.talkdesk.TalkdeskExam;
import java.util.List;

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
                        salesforce.pubsubHost(),
                        salesforce.pubsubPort(),
                        salesforce.pubsubPlaintext(),
                        salesforce.channel()),
                salesforce.entities(),
                salesforce.apiVersion(),
                salesforce.timeout());
    }

    /** @param probed the lists that a DELETE of nobody is tried on */
    Exam talkdesk(List<String> probed) {
        TalkdeskSettings talkdesk = settings.talkdesk();
        return new TalkdeskExam(
                outbound,
                tokens.talkdesk(),
                talkdesk.apiUrl().toString(),
                talkdesk.recordLists(),
                talkdesk.scope(),
                settings.delivery().timeout(),
                probed);
    }
}
