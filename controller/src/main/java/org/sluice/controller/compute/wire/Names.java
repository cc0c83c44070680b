package org.sluice.controller.compute.wire;

import org.sluice.controller.http.body.Fields;

/** Names as nova takes them. Stateless. */
public final class Names {
    /** Names, keys and values are columns of this width in nova. */
    public static final int LONGEST = 255;

    private Names() {}

    /** A field that must be there: 1 to 255 printable characters without white space around them. */
    public static String read(Fields fields, String field) {
        String text = fields.text(field, 1, LONGEST);
        if (!text.equals(text.strip()) || text.codePoints().anyMatch(Character::isISOControl)) {
            throw fields.refused(
                    field, "'" + text + "' must not start or end with white space, nor contain control characters");
        }
        return text;
    }
}
