package example;

import org.apache.camel.dsl.jbang.core.commands.CamelJBangMain;

/** The {@code camel} command, for those who have no JBang. */
public final class Camel {

    private Camel() {}

    public static void main(String[] args) {
        CamelJBangMain.run(args);
    }
}
