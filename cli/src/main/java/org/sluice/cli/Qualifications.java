package org.sluice.cli;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.sluice.controller.http.Json;
import org.sluice.model.ProblemException;
import org.sluice.model.qualification.Baseline;
import org.sluice.model.qualification.BaselineFigure;
import org.sluice.model.qualification.CardClass;
import org.sluice.model.qualification.Qualification;
import org.sluice.model.qualification.QualificationPolicy;
import org.sluice.model.qualification.QualificationSettings;
import org.sluice.model.qualification.QualificationSummary;
import tools.jackson.databind.JsonNode;

/**
 * What a cloud makes of measurements of its hosts. Every method throws {@link ProblemException} when the cloud refuses or does
 * not answer. Thread-safe.
 */
public final class Qualifications {
    private static final String SETTINGS = "/sluice/v1/qualification";
    private static final String BASELINES = SETTINGS + "/baselines";

    private final CloudClient client;

    /** Over a client that is logged in. */
    public Qualifications(CloudClient client) {
        this.client = requireNonNull(client, "client is null");
    }

    /**
     * What came of a measurement that was handed in.
     *
     * @param qualification the measurement with its verdict, its reasons, and what it was compared with
     * @param policy what follows from the verdict for the host
     */
    public record Outcome(Qualification qualification, QualificationPolicy policy) {}

    /** Hands in a measurement of that host. The same one may be handed in again, when the answer was lost. */
    public Outcome post(String host, QualificationSummary summary) throws InterruptedException {
        JsonNode answer = client.post(ofHost(host), summary);
        return new Outcome(
                Json.MAPPER.treeToValue(answer.path("qualification"), Qualification.class),
                Json.MAPPER.treeToValue(answer.path("policy"), QualificationPolicy.class));
    }

    /** The measurements of a host, the newest first. */
    List<Qualification> of(String host) throws InterruptedException {
        return list(client.get(ofHost(host)).path("qualifications"), Qualification.class);
    }

    QualificationSettings settings() throws InterruptedException {
        return Json.MAPPER.treeToValue(client.get(SETTINGS).path("settings"), QualificationSettings.class);
    }

    /** Changes those members of the settings that are given; a sentence for each card whose verdict is another one now. */
    List<String> change(Map<String, Object> members) throws InterruptedException {
        return changed(client.put(SETTINGS, members));
    }

    /** What the classes that are known are compared with. */
    List<Baseline> baselines() throws InterruptedException {
        return list(client.get(BASELINES).path("baselines"), Baseline.class);
    }

    /** Says what is expected of a class; a sentence for each card whose verdict is another one now. */
    List<String> setBaseline(CardClass cardClass, List<BaselineFigure> figures) throws InterruptedException {
        return changed(client.put(ofClass(cardClass), Map.of("figures", figures)));
    }

    /** Takes back what was expected of a class; a sentence for each card whose verdict is another one now. */
    List<String> removeBaseline(CardClass cardClass) throws InterruptedException {
        return changed(client.delete(ofClass(cardClass)));
    }

    private static List<String> changed(JsonNode answer) {
        List<String> verdicts = new ArrayList<>();
        for (JsonNode change : answer.path("changed")) {
            verdicts.add("%s of %s was %s and is %s now."
                    .formatted(
                            change.path("physical_function").asString(),
                            change.path("host").asString(),
                            change.path("before").asString(),
                            change.path("after").asString()));
        }
        return List.copyOf(verdicts);
    }

    private static <T> List<T> list(JsonNode nodes, Class<T> type) {
        List<T> list = new ArrayList<>();
        nodes.forEach(node -> list.add(Json.MAPPER.treeToValue(node, type)));
        return List.copyOf(list);
    }

    private static String ofHost(String host) {
        return "/sluice/v1/hosts/" + CloudClient.segment(host) + "/qualifications";
    }

    private static String ofClass(CardClass cardClass) {
        return BASELINES + "/" + CloudClient.segment(cardClass.text());
    }
}
