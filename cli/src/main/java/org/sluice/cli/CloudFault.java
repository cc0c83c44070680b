package org.sluice.cli;

import java.io.IOException;
import java.net.ConnectException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Optional;
import org.sluice.controller.http.Json;
import org.sluice.model.Problem;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * What a cloud says when it does not do what it was asked, in whichever of the forms of OpenStack's services: the sentence, and
 * the fix if there is one. Stateless.
 */
final class CloudFault {
    /** The one mark of HTML in a sentence of JSON: what ends each of Image's. */
    private static final String BREAK = "<br />";

    private CloudFault() {}

    /**
     * Reads the answer to a request that was not done.
     *
     * @param request for people, should the answer be of no cloud: {@code GET http://127.0.0.1:8774/image}
     */
    static Problem read(String request, int status, String body) {
        Problem.Kind kind = Problem.Kind.of(status).orElse(Problem.Kind.UNAVAILABLE);
        Optional<JsonNode> fault = fault(body);
        if (fault.isEmpty()) {
            // Some other server answered, a proxy's page perhaps.
            String page = plain(body);
            return Problem.of(
                    kind, "RequestRefused", request + " was answered " + status + (page.isEmpty() ? "." : ": " + page));
        }
        JsonNode told = fault.get();
        return new Problem(
                kind,
                told.path("code").isString()
                        ? told.path("code").asString()
                        : told.path("type").asString("Refused"),
                oneLine(told.path("message").asString().replace(BREAK, " ")),
                Optional.of(told.path("fix")).filter(JsonNode::isString).map(JsonNode::asString));
    }

    /**
     * The object with the message: {@code error} of Identity and Sluice, {@code NeutronError} of Network, the one member of
     * Compute such as {@code badRequest}, and of Image the whole body.
     */
    private static Optional<JsonNode> fault(String body) {
        try {
            JsonNode tree = Json.MAPPER.readTree(body);
            JsonNode fault = tree.size() == 1 ? tree.iterator().next() : tree;
            return fault.path("message").isString() ? Optional.of(fault) : Optional.empty();
        } catch (JacksonException notJson) {
            return Optional.empty();
        }
    }

    /** The text of a page, in one line. */
    private static String plain(String text) {
        return oneLine(text.replaceAll("(?is)<(title|h1|style|script)\\b.*?</\\1>", " ")
                .replaceAll("<[^>]*>", " ")
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&quot;", "\"")
                .replace("&amp;", "&"));
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\s+", " ").strip();
    }

    /** Why there was no answer at all, as the end of a sentence. Connections that are not made often fail without a word. */
    static String reason(IOException failure) {
        if (failure.getMessage() != null) {
            return failure.getMessage() + ".";
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnresolvedAddressException) {
                return "nobody knows an address of that name.";
            }
        }
        return failure instanceof ConnectException ? "nothing listens there." : "the connection ended.";
    }
}
