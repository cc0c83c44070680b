package org.sluice.controller.fleet;

import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jdbi.v3.core.Jdbi;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Handler;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.Routes;
import org.sluice.controller.store.Transactions;
import org.sluice.model.qualification.Baseline;
import org.sluice.model.qualification.BaselineFigure;
import org.sluice.model.qualification.CardClass;
import org.sluice.model.qualification.QualificationSettings;
import org.sluice.model.qualification.QualificationSummary;
import tools.jackson.databind.node.ObjectNode;

/** {@code /qualification} and {@code /hosts/NAME/qualifications}: whether hosts reach what their class reaches. Thread-safe. */
final class QualificationRoutes {
    /** A host is measured when it joins and after repairs; who wants more than these wants another tool. */
    private static final int MOST_SHOWN = 100;

    private final Jdbi jdbi;
    private final Transactions transactions;
    private final HostQualifications qualifications;

    QualificationRoutes(Jdbi jdbi, InstantSource clock) {
        this.jdbi = jdbi;
        this.transactions = new Transactions(jdbi);
        this.qualifications = new HostQualifications(clock);
    }

    /** Adds the routes; {@code guard} lets through whom they are for. */
    void routes(Routes routes, UnaryOperator<Handler> guard) {
        routes.get("/hosts/{name}/qualifications", guard.apply(this::list))
                .post("/hosts/{name}/qualifications", guard.apply(this::post))
                .get("/qualification", guard.apply(this::settings))
                .put("/qualification", guard.apply(this::putSettings))
                .get("/qualification/baselines", guard.apply(this::baselines))
                .get("/qualification/baselines/{class}", guard.apply(this::baseline))
                .put("/qualification/baselines/{class}", guard.apply(this::putBaseline))
                .delete("/qualification/baselines/{class}", guard.apply(this::deleteBaseline));
    }

    private Reply list(Exchange exchange) {
        return Reply.ok(Map.of(
                "qualifications",
                jdbi.withHandle(handle -> qualifications.of(handle, exchange.path("name"), MOST_SHOWN))));
    }

    private Reply post(Exchange exchange) {
        QualificationSummary summary = QualificationReader.summary(exchange.bodyObject());
        return transactions.run(handle -> Reply.json(
                201,
                Map.of(
                        "qualification",
                        qualifications.take(handle, exchange.path("name"), summary),
                        "policy",
                        qualifications.settings(handle).policy())));
    }

    private Reply settings(Exchange exchange) {
        return Reply.ok(Map.of("settings", jdbi.withHandle(qualifications::settings)));
    }

    private Reply putSettings(Exchange exchange) {
        ObjectNode body = exchange.bodyObject();
        return transactions.run(handle -> {
            List<HostQualifications.Changed> changed =
                    qualifications.change(handle, before -> QualificationReader.settings(body, before));
            QualificationSettings settings = qualifications.settings(handle);
            return Reply.ok(Map.of("settings", settings, "changed", shown(changed)));
        });
    }

    private Reply baselines(Exchange exchange) {
        return Reply.ok(Map.of("baselines", jdbi.withHandle(qualifications::baselines)));
    }

    private Reply baseline(Exchange exchange) {
        CardClass cardClass = QualificationReader.cardClass(exchange.path("class"));
        return Reply.ok(Map.of("baseline", jdbi.withHandle(handle -> qualifications.baseline(handle, cardClass))));
    }

    private Reply putBaseline(Exchange exchange) {
        CardClass cardClass = QualificationReader.cardClass(exchange.path("class"));
        List<BaselineFigure> figures = QualificationReader.baseline(exchange.bodyObject());
        Baseline baseline =
                QualificationReader.checked(() -> new Baseline(cardClass, Baseline.Source.OPERATOR, 0, figures));
        return transactions.run(handle ->
                Reply.ok(Map.of("baseline", baseline, "changed", shown(qualifications.setBaseline(handle, baseline)))));
    }

    private Reply deleteBaseline(Exchange exchange) {
        CardClass cardClass = QualificationReader.cardClass(exchange.path("class"));
        return transactions.run(
                handle -> Reply.ok(Map.of("changed", shown(qualifications.removeBaseline(handle, cardClass)))));
    }

    private static List<Map<String, Object>> shown(List<HostQualifications.Changed> changes) {
        return changes.stream().map(QualificationRoutes::shown).toList();
    }

    private static Map<String, Object> shown(HostQualifications.Changed change) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("host", change.host());
        shown.put("physical_function", change.physicalFunction());
        shown.put("before", change.before());
        shown.put("after", change.after());
        return shown;
    }
}
