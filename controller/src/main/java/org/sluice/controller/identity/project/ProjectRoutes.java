package org.sluice.controller.identity.project;

import static java.util.Objects.requireNonNull;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.Routes;
import org.sluice.controller.http.list.Source;
import org.sluice.controller.identity.wire.IdentityLinks;
import org.sluice.controller.identity.wire.IdentityProblems;
import org.sluice.controller.policy.Target;
import org.sluice.controller.store.Transactions;
import org.sluice.model.Problem;

/** {@code /v3/projects} and their tags (Identity API reference, "Projects", "Project Tags"). Thread-safe. */
public final class ProjectRoutes implements ResourceRoutes {
    private final Transactions transactions;
    private final Projects projects;
    private final ProjectStore store = new ProjectStore();

    public ProjectRoutes(Transactions transactions, Projects projects) {
        this.transactions = requireNonNull(transactions, "transactions is null");
        this.projects = requireNonNull(projects, "projects is null");
    }

    @Override
    public void routes(Routes routes) {
        String one = "/v3/projects/{id}";
        routes.list("/v3/projects", ProjectRules.LIST, ProjectWire.LIST, all());
        routes.post("/v3/projects", ProjectRules.CREATE, this::create);
        routes.get(one, ProjectRules.GET, this::show);
        routes.patch(one, ProjectRules.UPDATE, this::update);
        routes.delete(one, ProjectRules.DELETE, this::delete);
        routes.get(one + "/tags", ProjectRules.LIST_TAGS, this::tags);
        routes.put(one + "/tags", ProjectRules.REPLACE_TAGS, this::replaceTags);
        routes.delete(one + "/tags", ProjectRules.REMOVE_TAGS, this::removeTags);
        routes.get(one + "/tags/{tag}", ProjectRules.GET_TAG, this::hasTag);
        routes.put(one + "/tags/{tag}", ProjectRules.ADD_TAG, this::addTag);
        routes.delete(one + "/tags/{tag}", ProjectRules.REMOVE_TAG, this::removeTag);
        routes.list(
                "/v3/users/{id}/projects", ProjectRules.LIST_OF_USER, ProjectWire.LIST, ofUser(ProjectRoutes::named));
        routes.list(
                "/v3/auth/projects",
                ProjectRules.LIST_OWN,
                ProjectWire.LIST,
                ofUser(exchange -> exchange.caller().userId()));
    }

    private Source<Project> all() {
        return Source.of(
                (exchange, window) -> transactions.run(handle -> store.list(handle, exchange.rows(), window)),
                (exchange, marker) -> transactions
                        .run(handle -> store.find(handle, marker))
                        .filter(project -> exchange.may(ProjectRules.target(project.id()))));
    }

    private Source<Project> ofUser(Function<Exchange, String> user) {
        return Source.of(
                (exchange, window) -> {
                    String id = user.apply(exchange);
                    return transactions.run(handle -> store.listOfUser(handle, id, window));
                },
                (exchange, marker) -> {
                    // Who may not ask for that user's projects hears so here too.
                    String _ = user.apply(exchange);
                    return transactions.autocommit(handle -> store.find(handle, marker));
                });
    }

    private static String named(Exchange exchange) {
        String user = exchange.path("id");
        exchange.require(Target.ofUser(user));
        return user;
    }

    private Reply create(Exchange exchange) {
        return ProjectWire.VIEW.reply(201, projects.create(ProjectWire.readNew(exchange.body("project"))), exchange);
    }

    private Reply show(Exchange exchange) {
        return ProjectWire.VIEW.ok(found(exchange), exchange);
    }

    private Project found(Exchange exchange) {
        String id = asked(exchange);
        return transactions.autocommit(handle -> store.require(handle, id));
    }

    /** The project of the path, for which the caller passes the route's rule. */
    private static String asked(Exchange exchange) {
        String id = exchange.path("id");
        exchange.require(ProjectRules.target(id));
        return id;
    }

    private Reply update(Exchange exchange) {
        String id = asked(exchange);
        ProjectChange said = ProjectWire.read(exchange.body("project"));
        return ProjectWire.VIEW.ok(projects.update(id, said), exchange);
    }

    private Reply delete(Exchange exchange) {
        projects.delete(asked(exchange));
        return Reply.empty(204);
    }

    private Reply tags(Exchange exchange) {
        return tagged(found(exchange), exchange);
    }

    private Reply replaceTags(Exchange exchange) {
        String id = asked(exchange);
        List<String> tags = ProjectWire.tags(exchange.body().onlyKnows(Set.of("tags")));
        return tagged(projects.retag(id, before -> tags), exchange);
    }

    private Reply removeTags(Exchange exchange) {
        projects.retag(asked(exchange), before -> List.of());
        return Reply.empty(204);
    }

    private Reply hasTag(Exchange exchange) {
        String tag = exchange.path("tag");
        if (!found(exchange).tags().contains(tag)) {
            throw IdentityProblems.notFound("project tag", tag);
        }
        return Reply.empty(204);
    }

    private Reply addTag(Exchange exchange) {
        String tag = exchange.path("tag");
        projects.retag(asked(exchange), before -> {
            List<String> tags = new ArrayList<>(before);
            if (!tags.contains(tag)) {
                tags.add(tag);
            }
            if (!ProjectWire.isTag(tag) || ProjectWire.isTooMany(tags.size())) {
                throw Problem.of(
                                Problem.Kind.BAD_REQUEST,
                                "ValidationError",
                                "The tag must have 1 to 255 characters without ',' and '/', and a project at most 80 tags.")
                        .asException();
            }
            return tags;
        });
        return Reply.empty(201)
                .withHeader(
                        "Location",
                        IdentityLinks.root(exchange.baseUrl()) + "/projects/" + exchange.path("id") + "/tags/"
                                + URLEncoder.encode(tag, StandardCharsets.UTF_8));
    }

    private Reply removeTag(Exchange exchange) {
        String tag = exchange.path("tag");
        projects.retag(asked(exchange), before -> {
            List<String> tags = new ArrayList<>(before);
            if (!tags.remove(tag)) {
                throw IdentityProblems.notFound("project tag", tag);
            }
            return tags;
        });
        return Reply.empty(204);
    }

    private static Reply tagged(Project project, Exchange exchange) {
        return Reply.ok(Map.of(
                "tags", project.tags(), "links", IdentityLinks.self(exchange, "projects/" + project.id(), "tags")));
    }
}
