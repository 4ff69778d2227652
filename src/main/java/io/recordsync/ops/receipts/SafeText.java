package io.recordsync.ops.receipts;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import java.io.IOException;

/** Text of a CSV cell that no spreadsheet computes: what would be taken for a formula begins with an apostrophe. */
final class SafeText extends StdSerializer<String> {

    SafeText() {
        super(String.class);
    }

    @Override
    public void serialize(String text, JsonGenerator csv, SerializerProvider provider) throws IOException {
        boolean formula = !text.isEmpty() && "=+-@\t\r\n".indexOf(text.charAt(0)) >= 0;
        csv.writeString(formula ? "'" + text : text);
    }
}
