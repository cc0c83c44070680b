package org.sluice.controller.image.wire;

import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Faults;
import org.sluice.controller.http.Reply;
import org.sluice.model.Problem;

/** The fault body of the Image API: JSON for clients that accept JSON by name, else a page of HTML, as OpenStack has it. */
public final class ImageFaults implements Faults {
    private static final String UNAUTHORIZED =
            "This server could not verify that you are authorized to access the document"
                    + " you requested. Either you supplied the wrong credentials (e.g., bad password), or your browser does not"
                    + " understand how to supply the credentials required.";
    private static final String END = "<br /><br />\n\n\n";

    /** A fault, before it is known which of the two the client wants. */
    record Fault(String message, String code, String title) {}

    @Override
    public Reply render(Problem problem) {
        String title = Faults.title(problem.kind());
        String sentence = problem.kind() == Problem.Kind.UNAUTHENTICATED ? UNAUTHORIZED : problem.text();
        return Reply.json(
                problem.kind().status(),
                new Fault(sentence + END, problem.kind().status() + " " + title, title));
    }

    /** The reply in the form that the client accepts. */
    public static Reply forClient(Exchange exchange, Reply reply) {
        boolean json = exchange.header("Accept")
                .filter(accepted -> accepted.contains("application/json"))
                .isPresent();
        if (json || !(reply.body() instanceof Reply.Body.Json(Fault fault))) {
            return reply;
        }
        String sentence = fault.message().substring(0, fault.message().length() - END.length());
        String page = "<html>\n <head>\n  <title>" + fault.code() + "</title>\n </head>\n <body>\n  <h1>" + fault.code()
                + "</h1>\n  " + escaped(sentence) + END + "\n </body>\n</html>";
        return new Reply(reply.status(), reply.headers(), new Reply.Body.Text("text/html; charset=UTF-8", page));
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
