package org.sluice.controller.identity.wire;

import java.util.LinkedHashMap;
import java.util.Map;
import org.sluice.controller.http.Faults;
import org.sluice.controller.http.Reply;
import org.sluice.model.Problem;

/** The fault body of the Identity API: {@code {"error": {"code", "message", "title"}}}. */
public final class IdentityFaults implements Faults {
    /** The reply to a path that the API does not have, which OpenStack's web framework writes and not the API. */
    private static final String NO_SUCH_URL = """
            <!doctype html>
            <html lang=en>
            <title>404 Not Found</title>
            <h1>Not Found</h1>
            <p>The requested URL was not found on the server. If you entered the URL manually please check your spelling \
            and try again.</p>
            """;

    @Override
    public Reply render(Problem problem) {
        if (problem.kind() == Problem.Kind.NOT_FOUND && problem.code().equals("NotFound")) {
            return new Reply(404, Map.of(), new Reply.Body.Text("text/html; charset=utf-8", NO_SUCH_URL));
        }
        Map<String, Object> error = new LinkedHashMap<>();
        error.put("code", problem.kind().status());
        error.put("message", problem.text());
        error.put("title", Faults.title(problem.kind()));
        return Reply.json(problem.kind().status(), Map.of("error", error));
    }
}
