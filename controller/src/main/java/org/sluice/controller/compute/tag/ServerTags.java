package org.sluice.controller.compute.tag;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.sluice.controller.http.body.Fields;
import tools.jackson.databind.JsonNode;

/** Words by which servers are found: what they may be. Stateless. */
public final class ServerTags {
    /** How many a server has at most. */
    public static final int MOST = 50;

    private static final int LONGEST = 60;

    private ServerTags() {}

    /** Whether it is 1 to 60 characters without {@code ,} and {@code /}. */
    public static boolean isTag(String tag) {
        return !tag.isEmpty()
                && tag.codePointCount(0, tag.length()) <= LONGEST
                && !tag.contains(",")
                && !tag.contains("/");
    }

    /** Why something is none; goes on a sentence. */
    public static String rule() {
        return "a tag has 1 to " + LONGEST + " characters without ',' and '/'";
    }

    /** The field's tags without repetition; none when it is missing. */
    public static List<String> read(Fields fields, String field) {
        Set<String> tags = new LinkedHashSet<>();
        for (JsonNode item : fields.list(field, MOST)) {
            String tag = item.asString("");
            if (!item.isString() || !isTag(tag)) {
                throw fields.refused(field, rule());
            }
            tags.add(tag);
        }
        return List.copyOf(tags);
    }
}
