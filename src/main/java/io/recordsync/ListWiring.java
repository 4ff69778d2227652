package io.recordsync;

import io.recordsync.Wiring.InboxRoom;
import io.recordsync.Wiring.Tokens;
import io.recordsync.config.SalesforceSettings;
import io.recordsync.config.Settings;
import io.recordsync.config.TalkdeskSettings;
import io.recordsync.deletion.DeliveryMode;
import io.recordsync.inbox.FoundLists;
import io.recordsync.inbox.ListScope;
import io.recordsync.inbox.ServedList;
import io.recordsync.lists.ListLookUps;
import io.recordsync.network.Outbound;
import io.recordsync.oauth.AccessTokens;
import io.recordsync.talkdesk.TalkdeskTokens;
import java.util.stream.Collectors;

/** Which record lists are served, and how they are looked up: the part of {@link Wiring} that knows the room for that. */
final class ListWiring {

    private final Settings settings;
    private final Beans beans;

    ListWiring(Settings settings, Beans beans) {
        this.settings = settings;
        this.beans = beans;
    }

    /** The lists of the configuration are served from here on, and those that joined before. */
    FoundLists build(InboxRoom room) {
        SalesforceSettings salesforce = settings.salesforce();
        TalkdeskSettings talkdesk = settings.talkdesk();
        FoundLists lists = beans.own("recordsyncFoundLists", room.inbox().foundLists());
        lists.serve(
                talkdesk.lists().rules(),
                new ListScope(talkdesk.externalProvider(), salesforce.entities(), salesforce.idPrefixes()),
                talkdesk.lists().goneAfter());
        beans.own("recordsyncListLookUps", new ListLookUps(lists, room.inbox().intakes(), talkdesk.lists()));
        return lists;
    }

    /** Of what is rehearsed, with the lists that joined so. */
    DeliveryMode mode(FoundLists lists) {
        return settings.delivery().mode().with(() -> lists.served().stream()
                .filter(ServedList::dryRun)
                .map(ServedList::id)
                .collect(Collectors.toSet()));
    }

    /** Records are read with a token of their own. */
    void tokens(Tokens tokens, Outbound outbound) {
        AccessTokens records =
                Grants.tokensOfTalkdesk(settings, settings.talkdesk().recordsScope(), outbound);
        beans.own("recordsyncTalkdeskTokens", new TalkdeskTokens(tokens.talkdesk(), records));
    }
}
