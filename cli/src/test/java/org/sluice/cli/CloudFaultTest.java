package org.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;

final class CloudFaultTest {
    private static final String REQUEST = "PUT http://127.0.0.1:8774/x";

    /** As each family words the same sentence. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "409 | {\"error\": {\"code\": \"InUse\", \"message\": \"It is in use.\"}}",
                "409 | {\"error\": {\"code\": 409, \"message\": \"It is in use.\", \"title\": \"Conflict\"}}",
                "409 | {\"NeutronError\": {\"type\": \"InUse\", \"message\": \"It is in use.\", \"detail\": \"\"}}",
                "409 | {\"conflictingRequest\": {\"code\": 409, \"message\": \"It is in use.\"}}",
                "409 | {\"message\": \"It is in use.<br /><br />\\n\\n\", \"code\": \"409 Conflict\", \"title\": \"Conflict\"}",
            })
    void theSentenceOfEveryFamilyIsRead(int status, String body) {
        Problem problem = CloudFault.read(REQUEST, status, body);

        assertThat(problem.text()).isEqualTo("It is in use.");
        assertThat(problem.kind()).isEqualTo(Problem.Kind.CONFLICT);
    }

    @Test
    void theFixOfOurOwnIsKept() {
        Problem problem = CloudFault.read(
                REQUEST, 400, "{\"error\": {\"code\": \"Bad\", \"message\": \"No.\", \"fix\": \"Do it.\"}}");

        assertThat(problem.text()).isEqualTo("No. Do it.");
        assertThat(problem.code()).isEqualTo("Bad");
    }

    @Test
    void whatIsNoHtmlIsReadAsItStands() {
        assertThat(CloudFault.read(
                                REQUEST,
                                400,
                                "{\"badRequest\": {\"code\": 400, \"message\": \"x must be < 5 and > 3, &amp;.\"}}")
                        .text())
                .isEqualTo("x must be < 5 and > 3, &amp;.");
        assertThat(CloudFault.read(
                                REQUEST,
                                400,
                                "{\"message\": \"It must be < 5 and > 3.<br /><br />\\n\", \"code\": \"400 Bad"
                                        + " Request\", \"title\": \"Bad Request\"}")
                        .text())
                .isEqualTo("It must be < 5 and > 3.");
    }

    @Test
    void ofAPageTheTextIsReadAndNotTheMarks() {
        assertThat(CloudFault.read(
                                REQUEST,
                                507,
                                "<html>\n <head>\n  <title>507 Insufficient Storage</title>\n </head>\n <body>\n  <h1>507"
                                        + " Insufficient Storage</h1>\n  The image &lt;a&gt; does not\n fit.<br /><br />\n </body>\n</html>")
                        .text())
                .isEqualTo(REQUEST + " was answered 507: The image <a> does not fit.");
        assertThat(CloudFault.read(REQUEST, 502, "").text()).isEqualTo(REQUEST + " was answered 502.");
    }

    @Test
    void whoeverDoesNotAnswerIsNamedWithAReasonThatIsWords() {
        assertThat(CloudFault.reason(new ConnectException())).isEqualTo("nothing listens there.");
        assertThat(CloudFault.reason(new IOException("no bytes"))).isEqualTo("no bytes.");
        assertThat(refusal("http://127.0.0.1:1")).doesNotContain("null").contains("http://127.0.0.1:1 does not answer");
    }

    private static String refusal(String base) {
        CloudClient cloud = new CloudClient(base, "token", HttpClient.newHttpClient());
        try {
            return "answered: " + cloud.get("/x");
        } catch (ProblemException refused) {
            return refused.problem().text();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }
}
