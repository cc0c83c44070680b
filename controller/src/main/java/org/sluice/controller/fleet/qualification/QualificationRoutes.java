package org.sluice.controller.fleet.qualification;

import static java.util.Objects.requireNonNull;

import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.Routes;
import org.sluice.controller.http.body.Fields;
import org.sluice.controller.store.Transactions;
import org.sluice.model.qualification.Baseline;
import org.sluice.model.qualification.BaselineFigure;
import org.sluice.model.qualification.CardClass;
import org.sluice.model.qualification.QualificationSettings;
import org.sluice.model.qualification.QualificationSummary;

/** {@code /qualification} and {@code /hosts/NAME/qualifications}: whether hosts reach what their class reaches. Thread-safe. */
public final class QualificationRoutes implements ResourceRoutes {
    /** A host is measured when it joins and after repairs; who wants more than these wants another tool. */
    private static final int MOST_SHOWN = 100;

    private final Transactions transactions;
    private final HostQualifications qualifications;

    public QualificationRoutes(Transactions transactions, InstantSource clock) {
        this.transactions = requireNonNull(transactions, "transactions is null");
        this.qualifications = new HostQualifications(clock);
    }

    @Override
    public void routes(Routes routes) {
        String ofHost = "/hosts/{name}/qualifications";
        routes.get(ofHost, QualificationRules.LIST, this::list);
        routes.post(ofHost, QualificationRules.CREATE, this::post);
        routes.get("/qualification", QualificationRules.SHOW_SETTINGS, this::settings);
        routes.put("/qualification", QualificationRules.CHANGE_SETTINGS, this::putSettings);
        routes.get("/qualification/baselines", QualificationRules.LIST_BASELINES, this::baselines);
        String ofClass = "/qualification/baselines/{class}";
        routes.get(ofClass, QualificationRules.SHOW_BASELINE, this::baseline);
        routes.put(ofClass, QualificationRules.SET_BASELINE, this::putBaseline);
        routes.delete(ofClass, QualificationRules.DELETE_BASELINE, this::deleteBaseline);
    }

    private Reply list(Exchange exchange) {
        return Reply.ok(Map.of(
                "qualifications",
                transactions.run(handle -> qualifications.of(handle, exchange.path("name"), MOST_SHOWN))));
    }

    private Reply post(Exchange exchange) {
        QualificationSummary summary = QualificationWire.summary(exchange.body());
        return transactions.run(handle -> Reply.json(
                201,
                Map.of(
                        "qualification",
                        qualifications.take(handle, exchange.path("name"), summary),
                        "policy",
                        qualifications.settings(handle).policy())));
    }

    private Reply settings(Exchange exchange) {
        return Reply.ok(Map.of("settings", transactions.run(qualifications::settings)));
    }

    private Reply putSettings(Exchange exchange) {
        Fields body = exchange.body();
        return transactions.run(handle -> {
            List<HostQualifications.Changed> changed =
                    qualifications.change(handle, before -> QualificationWire.settings(body, before));
            QualificationSettings settings = qualifications.settings(handle);
            return Reply.ok(Map.of("settings", settings, "changed", shown(changed)));
        });
    }

    private Reply baselines(Exchange exchange) {
        return Reply.ok(Map.of("baselines", transactions.run(qualifications::baselines)));
    }

    private Reply baseline(Exchange exchange) {
        CardClass cardClass = QualificationWire.cardClass(exchange.path("class"));
        return Reply.ok(Map.of("baseline", transactions.run(handle -> qualifications.baseline(handle, cardClass))));
    }

    private Reply putBaseline(Exchange exchange) {
        CardClass cardClass = QualificationWire.cardClass(exchange.path("class"));
        List<BaselineFigure> figures = QualificationWire.baseline(exchange.body());
        Baseline baseline =
                QualificationWire.checked(() -> new Baseline(cardClass, Baseline.Source.OPERATOR, 0, figures));
        return transactions.run(handle ->
                Reply.ok(Map.of("baseline", baseline, "changed", shown(qualifications.setBaseline(handle, baseline)))));
    }

    private Reply deleteBaseline(Exchange exchange) {
        CardClass cardClass = QualificationWire.cardClass(exchange.path("class"));
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
