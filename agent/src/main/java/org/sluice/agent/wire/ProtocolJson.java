package org.sluice.agent.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.sluice.model.protocol.ServerReport;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/**
 * The agent's JSON mapper, for the wire and for its files. Members it does not know are passed over, so that an agent
 * works below a newer controller. Thread-safe.
 */
public final class ProtocolJson {
    /** Reads and writes the records of {@code org.sluice.model.protocol}. */
    public static final JsonMapper MAPPER = JsonMapper.builder()
            .changeDefaultPropertyInclusion(inclusion -> inclusion.withValueInclusion(JsonInclude.Include.ALWAYS))
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    /** Writes a list of reports with their kinds: a bare list has forgotten its element type at run time. */
    public static final ObjectWriter REPORTS = MAPPER.writerFor(new TypeReference<List<ServerReport>>() {});

    private ProtocolJson() {}
}
