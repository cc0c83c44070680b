package org.sluice.controller.http;

import java.util.LinkedHashMap;
import java.util.Map;
import org.sluice.model.Problem;

/**
 * How the APIs word failures that are Sluice's own: {@code {"error": {"code", "message", "fix"}}}. Stateless.
 */
public final class SluiceFaults implements Faults {
    @Override
    public Reply render(Problem problem) {
        Map<String, Object> error = new LinkedHashMap<>();
        error.put("code", problem.code());
        error.put("message", problem.sentence());
        problem.fix().ifPresent(fix -> error.put("fix", fix));
        return Reply.json(problem.kind().status(), Map.of("error", error));
    }
}
