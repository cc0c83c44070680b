package org.sluice.controller.http;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.sluice.controller.http.list.ListQuery;
import org.sluice.controller.http.list.PageStyle;
import org.sluice.controller.policy.Rule;

/**
 * One line of a family's table: all that the edge, the documents, the persona test and the fuzzer know of a route.
 *
 * @param method HTTP method
 * @param pattern path below the family's mount; {@code {name}} stands for one segment
 * @param access who may ask
 * @param versions in which microversions it is there
 * @param limit how large the entity may be
 * @param mediaTypes what the entity may be, apart from JSON
 * @param parameters what the query may have, apart from what the list declares
 * @param list what the query may filter, sort and page by, for lists
 * @param offered whether it does anything; another one is refused by name, because clients expect it
 * @param actions the actions that the entity may name, for {@code POST .../action}
 * @param handler answers
 */
public record Route(
        String method,
        String pattern,
        Access access,
        Versions versions,
        BodyLimit limit,
        List<String> mediaTypes,
        List<Parameter> parameters,
        Optional<ListQuery<?>> list,
        boolean offered,
        List<Action> actions,
        Handler handler) {
    /** Who may ask. */
    public sealed interface Access {
        /** Anybody, without a token: version documents, log-in, enrolment. */
        record Open() implements Access {}

        /** Whoever passes the rule. */
        record Ruled(Rule rule) implements Access {}

        /** Whoever has a token; the action that the entity names has a rule of its own. */
        record ByAction() implements Access {}

        /** The agent of a host, which its certificate names. */
        record Certified(HostAuthenticator authenticator) implements Access {
            public Certified {
                requireNonNull(authenticator, "authenticator is null");
            }
        }
    }

    /**
     * Microversions 2.{@code since} to 2.{@code until}.
     *
     * @param since the first one, 0 for the beginning
     * @param until the last one, {@link Integer#MAX_VALUE} for all that come
     */
    public record Versions(int since, int until) {
        /** Always there. */
        public static final Versions ALL = new Versions(0, Integer.MAX_VALUE);

        /** Whether that version is among them. */
        public boolean have(int minor) {
            return since <= minor && minor <= until;
        }
    }

    /**
     * One query parameter.
     *
     * @param since the microversion with which it came, 0 for the beginning
     */
    public record Parameter(String name, int since) {}

    /**
     * One action of {@code POST .../action}.
     *
     * @param offered whether it is done; another one is refused by name, because clients expect it
     */
    public record Action(String name, Rule rule, Versions versions, boolean offered, Handler handler) {}

    public Route {
        requireNonNull(method, "method is null");
        requireNonNull(pattern, "pattern is null");
        mediaTypes = List.copyOf(mediaTypes);
        parameters = List.copyOf(parameters);
        actions = List.copyOf(actions);
    }

    /** The names of all query parameters, those of the list too, whose pages have the family's style. */
    public List<String> parameterNames(PageStyle pages) {
        Stream<String> own = parameters.stream().map(Parameter::name);
        Stream<String> ofList = list.stream()
                .flatMap(query -> Stream.concat(
                        query.filterNames().stream(),
                        pages.parameters().stream().sorted()));
        return Stream.concat(own, ofList).distinct().toList();
    }

    /** Whether the query may have that parameter in that microversion. A list is asked by itself: some take any name. */
    boolean takes(String parameter, int minor) {
        return list.isPresent()
                || parameters.stream().anyMatch(each -> each.name().equals(parameter) && each.since() <= minor);
    }
}
