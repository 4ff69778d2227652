package io.recordsync.packages;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.XMLConstants;
import javax.xml.transform.stream.StreamSource;
import javax.xml.validation.Schema;
import javax.xml.validation.SchemaFactory;
import javax.xml.validation.Validator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xml.sax.SAXException;

/**
 * The metadata in {@code ops/salesforce}: what an org would refuse, or take and not do, as far as it shows without an org.
 *
 * <p>Salesforce's own converter sees no content at all.
 */
class SalesforceMetadataTest {

    private static final Path SHIPPED = Path.of("ops/salesforce");
    private static final String PACKAGE = "force-app/main/default";
    private static final String MORE = "more-entities";
    private static final String CHANNEL = "platformEventChannels/TalkdeskDeletions__chn.platformEventChannel-meta.xml";
    private static final String MEMBER =
            "platformEventChannelMembers/TalkdeskDeletions_chn_ContactChangeEvent.platformEventChannelMember-meta.xml";
    private static final String RIGHTS = "permissionsets/Talkdesk_Deletions.permissionset-meta.xml";
    private static final String DELETIONS_ONLY =
            "ChangeEventHeader.changeType != 'CREATE' AND ChangeEventHeader.changeType != 'UPDATE'";
    /** Folder, suffix and root element belong together. */
    private static final Map<String, String> SUFFIX_OF_FOLDER = Map.of(
            "platformEventChannels", "platformEventChannel",
            "platformEventChannelMembers", "platformEventChannelMember",
            "permissionsets", "permissionset");

    private static final Map<String, String> ROOT_OF_FOLDER = Map.of(
            "platformEventChannels", "PlatformEventChannel",
            "platformEventChannelMembers", "PlatformEventChannelMember",
            "permissionsets", "PermissionSet");
    private static final Pattern FILE = Pattern.compile("([A-Za-z]\\w*)\\.(\\w+)-meta\\.xml");

    @TempDir
    Path copy;

    @BeforeEach
    void copy() throws IOException {
        try (Stream<Path> files = Files.walk(SHIPPED)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path target = copy.resolve(SHIPPED.relativize(file).toString());
                Files.createDirectories(target.getParent());
                Files.copy(file, target);
            }
        }
    }

    @Test
    void what_is_shipped_has_no_mistake() {
        assertThat(mistakes()).isEmpty();
    }

    @Test
    void the_package_folder_holds_contacts_only_and_the_others_lie_outside_of_it() throws IOException {
        assertThat(Files.readString(SHIPPED.resolve("sfdx-project.json")))
                .contains("\"path\": \"force-app\"", "\"sourceApiVersion\": \"64.0\"");
        assertThat(names(PACKAGE)).hasSize(3).noneMatch(name -> name.contains("Lead") || name.contains("Account"));
        assertThat(names(MORE)).hasSize(4).allMatch(name -> name.contains("Lead") || name.contains("Account"));
    }

    @Test
    void the_user_sees_every_record_and_changes_none() throws IOException {
        for (Path file : files(copy)) {
            if (file.toString().contains("permissionsets")) {
                String text = Files.readString(file);
                assertThat(values(text, "viewAllRecords")).containsOnly("true");
                assertThat(values(text, "allowRead")).containsOnly("true");
                for (String change : List.of("allowCreate", "allowDelete", "allowEdit", "modifyAllRecords")) {
                    assertThat(values(text, change)).as(change).containsOnly("false");
                }
                assertThat(text).doesNotContain("<license>", "ModifyAllData", "ViewAllData");
            }
        }
        assertThat(values(Files.readString(copy.resolve(PACKAGE + "/" + RIGHTS)), "name"))
                .contains("ApiEnabled", "ViewSetup");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "a misspelt element | MEMBER | selectedEntity | selectedEntities",
                "a member of another entity | MEMBER | >ContactChangeEvent< | >Contact<",
                "a channel with its path | MEMBER | >TalkdeskDeletions__chn< | >/data/TalkdeskDeletions__chn<",
                "a channel that is not there | MEMBER | >TalkdeskDeletions__chn< | >Other__chn<",
                "another filter | MEMBER | UPDATE | DELETE",
                "a filter that lets through what it names | MEMBER | changeType != 'UPDATE | changeType = 'UPDATE",
                "a filter with OR | MEMBER | AND | OR",
                "NOT IN | MEMBER | changeType != 'CREATE' | changeType NOT IN ('CREATE')",
                "a filter without its element | MEMBER | filterExpression | filter",
                "an enriched field | MEMBER | <eventChannel> | <enrichedFields><name>Name</name></enrichedFields><eventChannel>",
                "another type | CHANNEL | >data< | >datas<",
                "a description | CHANNEL | <label> | <description>x</description><label>",
                "an empty label | CHANNEL | >Talkdesk Deletions< | ><",
                "a root of another type | CHANNEL | PlatformEventChannel | PlatformEventChannelMember",
                "an unknown root | CHANNEL | PlatformEventChannel | EventChannel",
                "another namespace | CHANNEL | 2006/04/metadata | 2006/04/metadatas",
                "not well-formed | CHANNEL | </label> | </labels>",
                "a boolean yes | RIGHTS | <enabled>true | <enabled>yes",
                "a permission that is missing | RIGHTS | <allowEdit>false</allowEdit> | <!-- none -->",
                "elements in another order | RIGHTS | <object>Contact</object> | <object>Contact</object><allowRead>true</allowRead>"
            })
    void a_fault_in_a_file_is_found(String fault, String file, String text, String other) throws IOException {
        Path path = copy.resolve(PACKAGE)
                .resolve(Map.of("MEMBER", MEMBER, "CHANNEL", CHANNEL, "RIGHTS", RIGHTS)
                        .get(file));
        String before = Files.readString(path);
        String planted = before.replace(text, other);
        assertThat(planted).as(fault).isNotEqualTo(before);
        Files.writeString(path, planted);

        assertThat(mistakes()).as(fault).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "another folder | CHANNEL | platformEventChannel/TalkdeskDeletions__chn.platformEventChannel-meta.xml",
                "the folder of another type | CHANNEL | platformEventChannelMembers/TalkdeskDeletions__chn.platformEventChannel-meta.xml",
                "another suffix | CHANNEL | platformEventChannels/TalkdeskDeletions__chn.eventChannel-meta.xml",
                "no -meta.xml | CHANNEL | platformEventChannels/TalkdeskDeletions__chn.platformEventChannel",
                "a channel without __chn | CHANNEL | platformEventChannels/TalkdeskDeletions.platformEventChannel-meta.xml",
                "a member with a double underscore | MEMBER |"
                        + " platformEventChannelMembers/TalkdeskDeletions__chn_ContactChangeEvent.platformEventChannelMember-meta.xml"
            })
    void a_file_in_a_wrong_place_is_found(String fault, String file, String other) throws IOException {
        Path folder = copy.resolve(PACKAGE);
        Path target = folder.resolve(other);
        Files.createDirectories(target.getParent());
        Files.move(folder.resolve(Map.of("MEMBER", MEMBER, "CHANNEL", CHANNEL).get(file)), target);

        assertThat(mistakes()).as(fault).isNotEmpty();
    }

    @Test
    void a_file_that_holds_only_a_comment_and_a_second_member_of_one_entity_are_found() throws IOException {
        Path lead =
                copy.resolve(PACKAGE).resolve("platformEventChannelMembers/Lead.platformEventChannelMember-meta.xml");
        Files.writeString(lead, "<!-- LeadChangeEvent -->");
        assertThat(mistakes()).isNotEmpty();

        Files.writeString(lead, Files.readString(copy.resolve(PACKAGE).resolve(MEMBER)));
        assertThat(mistakes()).anyMatch(mistake -> mistake.endsWith("ContactChangeEvent is selected twice"));
    }

    // ---- the check

    private List<String> mistakes() {
        List<String> mistakes = new ArrayList<>();
        List<String> selected = new ArrayList<>();
        for (Path file : files(copy)) {
            check(file, mistakes, selected);
        }
        selected.stream()
                .filter(entity -> selected.indexOf(entity) != selected.lastIndexOf(entity))
                .distinct()
                .forEach(entity -> mistakes.add(entity + " is selected twice"));
        return mistakes;
    }

    private void check(Path file, List<String> mistakes, List<String> selected) {
        String folder = file.getParent().getFileName().toString();
        Matcher name = FILE.matcher(file.getFileName().toString());
        if (!name.matches() || !name.group(2).equals(SUFFIX_OF_FOLDER.get(folder))) {
            mistakes.add(file + ": the name does not belong in " + folder);
            return;
        }
        String text = read(file);
        try {
            Validator validator = schema().newValidator();
            validator.validate(new StreamSource(file.toFile()));
        } catch (SAXException e) {
            mistakes.add(file + ": " + e.getMessage());
            return;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (!text.contains("<" + ROOT_OF_FOLDER.get(folder) + " ")) {
            mistakes.add(file + ": the root does not belong in " + folder);
        }
        if (folder.equals("platformEventChannels") && !name.group(1).endsWith("__chn")) {
            mistakes.add(file + ": a channel's name ends with __chn");
        }
        if (folder.equals("platformEventChannelMembers")) {
            member(file, name.group(1), text, mistakes);
            selected.addAll(values(text, "selectedEntity"));
        }
    }

    private void member(Path file, String name, String text, List<String> mistakes) {
        String channel = values(text, "eventChannel").get(0);
        if (name.contains("__")) {
            mistakes.add(file + ": a double underscore is a namespace to Salesforce");
        }
        if (!Files.exists(
                copy.resolve(PACKAGE).resolve("platformEventChannels/" + channel + ".platformEventChannel-meta.xml"))) {
            mistakes.add(file + ": there is no channel " + channel);
        }
        if (!values(text, "filterExpression").equals(List.of(DELETIONS_ONLY))) {
            mistakes.add(file + ": another filter than " + DELETIONS_ONLY);
        }
        if (!name.endsWith("_" + values(text, "selectedEntity").get(0))) {
            mistakes.add(file + ": it selects another entity than its name says");
        }
    }

    private static Schema schema() throws SAXException {
        SchemaFactory factory = SchemaFactory.newInstance(XMLConstants.W3C_XML_SCHEMA_NS_URI);
        return factory.newSchema(SalesforceMetadataTest.class.getResource("/salesforce/metadata.xsd"));
    }

    private static List<String> values(String text, String element) {
        return Pattern.compile("<" + element + ">([^<]*)</" + element + ">")
                .matcher(text)
                .results()
                .map(match -> match.group(1))
                .toList();
    }

    private List<String> names(String under) {
        return files(copy.resolve(under)).stream()
                .map(file -> file.getFileName().toString())
                .toList();
    }

    private static List<Path> files(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> !file.getFileName().toString().matches("README.md|sfdx-project.json"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
