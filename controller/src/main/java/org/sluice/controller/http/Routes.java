package org.sluice.controller.http;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.sluice.controller.http.list.ListQuery;
import org.sluice.controller.http.list.Source;
import org.sluice.controller.policy.Rule;

/**
 * The table of one API family's routes. Every route names the rule that says who may ask; only those of agents, which are
 * {@link #certified}, and {@link #open} ones have none: forgetting says no. Not thread-safe; filled once, at start.
 */
public final class Routes {
    private final List<Line> lines = new ArrayList<>();
    private final List<Rule> rules = new ArrayList<>();
    private final Map<String, Actions> actions = new HashMap<>();

    /** One line that is being written; its methods refine it. */
    public static final class Line {
        private final String method;
        private final String pattern;
        private final Route.Access access;
        private final Handler handler;
        private Route.Versions versions = Route.Versions.ALL;
        private BodyLimit limit;
        private List<String> mediaTypes = List.of();
        private final List<Route.Parameter> parameters = new ArrayList<>();
        private @Nullable ListQuery<?> list;
        private boolean offered = true;
        private List<ActionLine> actions = List.of();

        private Line(String method, String pattern, Route.Access access, Handler handler) {
            this.method = method;
            this.pattern = requireNonNull(pattern, "pattern is null");
            this.access = access;
            this.handler = requireNonNull(handler, "handler is null");
            this.limit = access instanceof Route.Access.Open ? BodyLimit.OF_STRANGERS : BodyLimit.USUAL;
        }

        /** The route came with that microversion; before it, there is no such route. */
        public Line since(int minor) {
            versions = new Route.Versions(minor, versions.until());
            return this;
        }

        /** The route ended with that microversion; after it, there is no such route. */
        public Line until(int minor) {
            versions = new Route.Versions(versions.since(), minor);
            return this;
        }

        /** The entity may have that size instead of the usual one. */
        public Line atMost(BodyLimit bound) {
            limit = bound;
            return this;
        }

        /** The entity is of one of these media types instead of JSON. */
        public Line takes(String... types) {
            mediaTypes = List.of(types);
            return this;
        }

        /** The query may have these parameters; every other one is refused. */
        public Line asks(String... names) {
            for (String name : names) {
                parameters.add(new Route.Parameter(name, 0));
            }
            return this;
        }

        /** The query may have these parameters from that microversion on. */
        public Line asksSince(int minor, String... names) {
            for (String name : names) {
                parameters.add(new Route.Parameter(name, minor));
            }
            return this;
        }

        /** The query may filter, sort and page as that says; for lists that are not served by {@link Routes#list}. */
        public Line queriedBy(ListQuery<?> query) {
            list = query;
            return this;
        }

        /** The handler only refuses the request. */
        public Line refused() {
            offered = false;
            return this;
        }

        private Route route() {
            return new Route(
                    method,
                    pattern,
                    access,
                    versions,
                    limit,
                    mediaTypes,
                    parameters,
                    Optional.ofNullable(list),
                    offered,
                    actions.stream().map(ActionLine::action).toList(),
                    handler);
        }
    }

    /** One action that is being written. */
    public static final class ActionLine {
        private final Actions table;
        private final String name;
        private final Rule rule;
        private final Handler handler;
        private Route.Versions versions = Route.Versions.ALL;
        private boolean offered = true;

        private ActionLine(Actions table, String name, Rule rule, Handler handler) {
            this.table = table;
            this.name = name;
            this.rule = rule;
            this.handler = handler;
        }

        /** The action came with that microversion. */
        public ActionLine since(int minor) {
            versions = new Route.Versions(minor, versions.until());
            return this;
        }

        /** The action ended with that microversion. */
        public ActionLine until(int minor) {
            versions = new Route.Versions(versions.since(), minor);
            return this;
        }

        /** The handler only refuses the action. */
        public ActionLine refused() {
            offered = false;
            return this;
        }

        /** The next action of the same table. */
        public ActionLine on(String action, Rule permission, Handler answer) {
            return table.on(action, permission, answer);
        }

        private Route.Action action() {
            return new Route.Action(name, rule, versions, offered, handler);
        }
    }

    /** The actions of one {@code POST .../action}. */
    public static final class Actions {
        private final List<ActionLine> entries = new ArrayList<>();

        /** Answers an entity whose one member has that name. */
        public ActionLine on(String action, Rule rule, Handler handler) {
            ActionLine line = new ActionLine(this, action, rule, handler);
            entries.add(line);
            return line;
        }
    }

    /** Answers GET (and HEAD, without the entity) for whoever passes the rule. */
    public Line get(String pattern, Rule rule, Handler handler) {
        return add("GET", pattern, rule, handler);
    }

    /** Answers POST for whoever passes the rule. */
    public Line post(String pattern, Rule rule, Handler handler) {
        return add("POST", pattern, rule, handler);
    }

    /** Answers PUT for whoever passes the rule. */
    public Line put(String pattern, Rule rule, Handler handler) {
        return add("PUT", pattern, rule, handler);
    }

    /** Answers PATCH for whoever passes the rule. */
    public Line patch(String pattern, Rule rule, Handler handler) {
        return add("PATCH", pattern, rule, handler);
    }

    /** Answers DELETE for whoever passes the rule. */
    public Line delete(String pattern, Rule rule, Handler handler) {
        return add("DELETE", pattern, rule, handler);
    }

    /** Answers HEAD for whoever passes the rule, where there is no GET. */
    public Line head(String pattern, Rule rule, Handler handler) {
        return add("HEAD", pattern, rule, handler);
    }

    /** Answers GET with a list, streamed from the source. */
    public <T> Line list(String pattern, Rule rule, ListQuery<T> query, Source<T> source) {
        return get(pattern, rule, exchange -> query.answer(exchange, source)).queriedBy(query);
    }

    /**
     * Answers {@code POST .../action}, whose entity has one member, named after what is to be done. Rooms that name the same
     * pattern fill the same table.
     */
    public Actions actions(String pattern) {
        return actions.computeIfAbsent(pattern, this::newActions);
    }

    private Actions newActions(String pattern) {
        Actions table = new Actions();
        Line line = new Line("POST", pattern, new Route.Access.ByAction(), ActionTable.UNRESOLVED);
        line.actions = table.entries;
        lines.add(line);
        return table;
    }

    /** Answers anyone: version documents, log-in, enrolment. */
    public Line open(String method, String pattern, Handler handler) {
        Line line = new Line(method, pattern, new Route.Access.Open(), handler);
        lines.add(line);
        return line;
    }

    /** Answers the agents of hosts; the handler finds the host in {@link Exchange#host}. */
    public Line certified(String method, String pattern, HostAuthenticator authenticator, Handler handler) {
        Line line = new Line(method, pattern, new Route.Access.Certified(authenticator), handler);
        lines.add(line);
        return line;
    }

    /**
     * Handlers of these routes ask for these rules beside those that the routes, their actions, lists and views name. A rule that
     * is in no table answers nobody.
     */
    public void rules(List<Rule> asked) {
        rules.addAll(asked);
    }

    /** The rules that handlers ask for beside. */
    List<Rule> rules() {
        return List.copyOf(rules);
    }

    /** The finished table. */
    public List<Route> all() {
        return lines.stream().map(Line::route).toList();
    }

    private Line add(String method, String pattern, Rule rule, Handler handler) {
        Line line = new Line(method, pattern, new Route.Access.Ruled(requireNonNull(rule, "rule is null")), handler);
        lines.add(line);
        return line;
    }
}
