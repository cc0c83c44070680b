package org.sluice.controller.network.tag;

import static java.util.Objects.requireNonNull;

import java.util.function.Function;
import org.sluice.controller.policy.Rule;
import org.sluice.model.ProblemException;

/**
 * A resource that has tags.
 *
 * @param collection its path, {@code /v2.0/ports}
 * @param table its table
 * @param alias how {@code from} and {@code visible} call it
 * @param from its table, and others that {@code visible} and {@code networkOwner} speak of
 * @param networkOwner SQL of the project whose network it is on
 * @param visible one of the conditions of {@link org.sluice.controller.network.Viewer}
 * @param get who sees it
 * @param update who may change its tags
 * @param notFound the refusal of an id that names none of it
 */
public record Tagged(
        String collection,
        String table,
        String alias,
        String from,
        String networkOwner,
        String visible,
        Rule get,
        Rule update,
        Function<Object, ProblemException> notFound) {
    public Tagged {
        requireNonNull(collection, "collection is null");
        requireNonNull(get, "get is null");
        requireNonNull(update, "update is null");
        requireNonNull(notFound, "notFound is null");
    }
}
