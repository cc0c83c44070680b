package org.sluice.controller.compute.metadata;

import java.util.Map;
import org.sluice.controller.compute.wire.Names;
import org.sluice.controller.http.body.Fields;
import org.sluice.model.Problem;

/** Key-value pairs of the tenant, which the guest reads, too: what they may be. Stateless. */
public final class ServerMetadata {
    /** As nova's own quota of metadata items. */
    public static final int MOST_ITEMS = 128;

    private ServerMetadata() {}

    /** Reads the pairs that an object has. */
    public static Map<String, String> read(Fields object) {
        return bounded(object.textMap(Names.LONGEST));
    }

    /** The same pairs, refused when they are too many. */
    static Map<String, String> bounded(Map<String, String> metadata) {
        if (metadata.size() > MOST_ITEMS) {
            throw Problem.of(
                            Problem.Kind.FORBIDDEN,
                            "MetadataLimitExceeded",
                            "Maximum number of metadata items exceeds " + MOST_ITEMS)
                    .asException();
        }
        return metadata;
    }
}
