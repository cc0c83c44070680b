package org.sluice.agent.controller;

import static java.util.Objects.requireNonNull;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.sluice.agent.wire.DesiredReader;
import org.sluice.agent.wire.ProtocolJson;
import org.sluice.model.ImageId;
import org.sluice.model.Problem;
import org.sluice.model.protocol.DesiredHost;
import org.sluice.model.protocol.HostQuery;
import org.sluice.model.protocol.Inventory;
import org.sluice.model.protocol.ServerReport;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/**
 * The controller over HTTP with JSON bodies: {@code PUT /agent/v1/inventory}, {@code GET /agent/v1/desired},
 * {@code POST /agent/v1/reports}, {@code POST /agent/v1/queries/ID}, {@code GET} and {@code PUT /agent/v1/images/ID/file}. Who the agent is
 * follows from the client certificate that the given HTTP client shows (mutual TLS). Thread-safe.
 */
public final class ControllerClient implements Controller {
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(30);
    private static final Duration LONGEST_UPLOAD = Duration.ofHours(12);

    /** Refusals of an image that no later attempt would change (docs of the agents' API). */
    private static final Set<Integer> FOR_GOOD = Set.of(400, 404, 409, 413, 507);

    /** Refusals of the host itself for good, by their codes. */
    private static final Map<String, NotAMemberException.Reason> FOR_THE_HOST = Map.of(
            "HostRemoved", NotAMemberException.Reason.REMOVED, "HostReplaced", NotAMemberException.Reason.REPLACED);

    /** The controller's books have nothing of the host, which they may have again. */
    private static final String UNKNOWN = "HostUnknown";

    /** An image that was there is no more, and does not come back under its id. */
    private static final Set<Integer> GONE = Set.of(404, 410);

    /** A header, since controllers of earlier versions pass over those that they do not know, and then tell the whole. */
    private static final String HISTORY = "Sluice-History";

    /** Says of what this agent knows beside servers; older ones know of nothing. */
    private static final String KNOWS = "Sluice-Knows";

    private static final int ERROR_TEXT = 500;

    /** Controllers send images at the pace of their readers; one of which nothing comes for so long is gone. */
    private static final Duration LONGEST_SILENCE = Duration.ofMinutes(1);

    private final HttpClient http;
    private final URI base;
    private final Duration longestSilence;

    /**
     * @param http shows the agent's certificate and trusts the cluster's authority
     * @param controller base of the controller's listener for agents, {@code https://10.0.0.1:8443}
     */
    public ControllerClient(HttpClient http, URI controller) {
        this(http, controller, LONGEST_SILENCE);
    }

    ControllerClient(HttpClient http, URI controller, Duration longestSilence) {
        this.longestSilence = requireNonNull(longestSilence, "longestSilence is null");
        this.http = requireNonNull(http, "http is null");
        String text = requireNonNull(controller, "controller is null").toString();
        this.base = URI.create((text.endsWith("/") ? text : text + "/") + "agent/v1/");
    }

    /**
     * Asks whether the controller knows this host. That is no sign of life: a host that only asks does no work yet.
     *
     * @param within how long the answer may take
     * @throws NotAMemberException when it does not
     * @throws ControllerUnavailableException when it does not say
     */
    public void requireMember(Duration within) {
        HttpResponse<byte[]> answer =
                exchange("member", request("member", within).GET().build(), BodyHandlers.ofByteArray());
        requireSuccess("member", answer.statusCode(), answer.body());
    }

    @Override
    public void inventory(Inventory inventory) {
        send(
                "inventory",
                request("inventory", ANSWER_WITHIN)
                        .PUT(BodyPublishers.ofByteArray(ProtocolJson.MAPPER.writeValueAsBytes(inventory))));
    }

    @Override
    public Optional<DesiredHost> desired(DesiredHost.Known known, Duration wait) {
        HttpRequest.Builder request =
                request("desired?after=" + known.revision() + "&wait=" + wait.toSeconds(), wait.plus(ANSWER_WITHIN));
        request.header(KNOWS, "segments");
        known.history().ifPresent(history -> request.header(HISTORY, history.toString()));
        HttpResponse<byte[]> answer = exchange("desired", request.GET().build(), BodyHandlers.ofByteArray());
        if (answer.statusCode() == 204 || answer.statusCode() == 304) {
            return Optional.empty();
        }
        requireSuccess("desired", answer.statusCode(), answer.body());
        try {
            return Optional.of(DesiredReader.read(answer.body()));
        } catch (JacksonException e) {
            throw new ControllerUnavailableException(
                    "The controller's answer to GET " + base + "desired is not a desired state: "
                            + e.getOriginalMessage(),
                    e);
        }
    }

    @Override
    public void report(List<ServerReport> reports) {
        send(
                "reports",
                request("reports", ANSWER_WITHIN)
                        .POST(BodyPublishers.ofByteArray(ProtocolJson.REPORTS.writeValueAsBytes(reports))));
    }

    @Override
    public void answer(HostQuery.Answer answer) {
        String path = "queries/" + answer.id();
        send(
                path,
                request(path, ANSWER_WITHIN)
                        .POST(BodyPublishers.ofByteArray(ProtocolJson.MAPPER.writeValueAsBytes(answer))));
    }

    /**
     * Copies an image's bytes, as they were uploaded.
     *
     * @throws ControllerUnavailableException when the controller does not answer, does not give it now, or breaks off
     * @throws org.sluice.model.ProblemException when the controller has no such image
     * @throws IOException when the bytes cannot be written
     */
    public void fetchImage(ImageId image, OutputStream to) throws IOException {
        String path = "images/" + image + "/file";
        HttpResponse<InputStream> answer =
                exchange(path, request(path, ANSWER_WITHIN).GET().build(), BodyHandlers.ofInputStream());
        try (InputStream body = answer.body()) {
            if (answer.statusCode() == 200) {
                new Download(body, longestSilence).to(to);
            } else {
                refused(image, path, answer.statusCode(), errorText(body));
            }
        }
    }

    private void refused(ImageId image, String path, int status, byte[] body) {
        // What is refused to the host itself says nothing about the image.
        if (GONE.contains(status) && !isOfTheHost(code(body))) {
            throw new Problem(
                            Problem.Kind.NOT_FOUND,
                            "ImageGone",
                            "The controller has no image " + image + " for this host (" + status + "): " + text(body),
                            Optional.of("Look whether the image was deleted; use another one."))
                    .asException();
        }
        throw unavailable(path, status, body);
    }

    private static byte[] errorText(InputStream body) {
        try {
            return body.readNBytes(ERROR_TEXT);
        } catch (IOException e) {
            throw new ControllerUnavailableException("What the controller answers broke off: " + e + ".", e);
        }
    }

    @Override
    public void bring(ImageId image, Path file) {
        String path = "images/" + image + "/file";
        HttpRequest request;
        try {
            request = HttpRequest.newBuilder(base.resolve(path))
                    .timeout(LONGEST_UPLOAD)
                    .header("Content-Type", "application/octet-stream")
                    // What is refused by its head alone is not sent.
                    .expectContinue(true)
                    .PUT(BodyPublishers.ofFile(file))
                    .build();
        } catch (FileNotFoundException cause) {
            throw new UncheckedIOException(cause);
        }
        HttpResponse<byte[]> answer = exchange(path, request, BodyHandlers.ofByteArray());
        if (FOR_GOOD.contains(answer.statusCode())) {
            throw Problem.of(
                            Problem.Kind.CONFLICT,
                            "ImageRefused",
                            "The controller does not take the image (" + answer.statusCode() + "): "
                                    + text(answer.body()))
                    .asException();
        }
        requireSuccess(path, answer.statusCode(), answer.body());
    }

    private HttpRequest.Builder request(String path, Duration limit) {
        return HttpRequest.newBuilder(base.resolve(path)).timeout(limit).header("Content-Type", "application/json");
    }

    private void send(String path, HttpRequest.Builder request) {
        HttpResponse<byte[]> answer = exchange(path, request.build(), BodyHandlers.ofByteArray());
        requireSuccess(path, answer.statusCode(), answer.body());
    }

    private <T> HttpResponse<T> exchange(String path, HttpRequest request, BodyHandler<T> body) {
        try {
            return http.send(request, body);
        } catch (IOException e) {
            throw new ControllerUnavailableException(
                    "The controller does not answer " + request.method() + " " + base + path + ": " + e + ".", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ControllerUnavailableException("The agent stops.", e);
        }
    }

    private void requireSuccess(String path, int status, byte[] body) {
        if (status == 404 || status == 401) {
            Optional<NotAMemberException.Reason> reason = Optional.ofNullable(FOR_THE_HOST.get(code(body)));
            if (reason.isPresent()) {
                throw new NotAMemberException(reason.get(), sentence(body));
            }
        }
        if (status < 200 || status > 299) {
            throw unavailable(path, status, body);
        }
    }

    private static boolean isOfTheHost(String code) {
        return FOR_THE_HOST.containsKey(code) || code.equals(UNKNOWN);
    }

    private static String code(byte[] body) {
        return error(body).path("code").asString("");
    }

    private static String sentence(byte[] body) {
        JsonNode error = error(body);
        return (error.path("message").asString("") + " " + error.path("fix").asString("")).strip();
    }

    /** The controller's own account of a refusal; empty where somebody else refuses. */
    private static JsonNode error(byte[] body) {
        try {
            return ProtocolJson.MAPPER.readTree(body).path("error");
        } catch (JacksonException notOurs) {
            return MissingNode.getInstance();
        }
    }

    private ControllerUnavailableException unavailable(String path, int status, byte[] body) {
        return new ControllerUnavailableException(
                "The controller answers " + status + " to " + base + path + ": " + text(body), null);
    }

    private static String text(byte[] body) {
        return new String(body, 0, Math.min(body.length, ERROR_TEXT), StandardCharsets.UTF_8);
    }
}
