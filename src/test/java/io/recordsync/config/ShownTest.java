package io.recordsync.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ShownTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "jdbc:postgresql://h/db | jdbc:postgresql://h/db",
                "jdbc:postgresql://h:5432,[::1]:5433/db?targetServerType=primary | jdbc:postgresql://h:5432,[::1]:5433/db…",
                "jdbc:sqlite:/data/my file@home&more.db | jdbc:sqlite:/data/my file@home&more.db",
                "https://acme.my.salesforce.com/x | https://acme.my.salesforce.com/x",
                "a password: of@mine | a password: of@mine",
                "list-a, list-b | list-a, list-b",
            })
    void what_cannot_hold_a_password_is_shown(String text, String shown) {
        assertThat(Shown.withoutCredentials(text)).isEqualTo(shown);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:postgresql://user:sword@h/db",
                "jdbc:postgresql://user:sw/ord@h/db",
                "jdbc:postgresql://user:sw?ord@h/db",
                "jdbc:postgresql://user:sw@ord@h/db",
                "jdbc:postgresql://user:sw#ord@h/db",
                "jdbc:postgresql://h1,user:sword@h2/db",
                "jdbc:postgresql:user:sword@h/db",
                "jdbc:postgresql://h/db?password=sword",
                "jdbc:postgresql://h/db?user=x&password=sword&ssl=true",
                "jdbc:postgresql://h/db?PASSWORD=sword",
                "jdbc:postgresql://h/db?sslpassword=sword",
                "jdbc:postgresql://h/db?pass%77ord=sword",
                "jdbc:postgresql://h/db?password=x@sword",
                "jdbc:postgresql://h/db?password=x\nsword",
                "jdbc:postgresql://h/db&password=sword",
                "jdbc:postgresql://h/db;password=sword",
                "jdbc:postgresql://h/db password=sword",
                "jdbc:postgresql://h/password=sword",
                "jdbc:postgresql:db?password=sword",
                "jdbc:sqlite:db?password=sword",
                "jdbc:sqlite:db;key=sword",
                "postgres://user:sword@h/db",
                "https://user:sword@acme.example/x",
                "https://user:sw/ord@acme.example",
                "https://acme.example/x?client_secret=sword",
                "https://acme.example/x#access_token=sword",
            })
    void a_password_in_any_position_is_not(String url) {
        assertThat(Shown.line(url)).doesNotContain("sword", "ord", "sw").contains("…");
    }
}
