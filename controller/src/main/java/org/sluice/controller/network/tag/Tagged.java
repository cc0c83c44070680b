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
 * @param alias how {@code from} calls it
 * @param from its table, and others that {@code networkOwner} and the rows of {@code get} speak of
 * @param networkOwner SQL of the project whose network it is on
 * @param get who sees it; decides over rows of {@code from}
 * @param update who may change its tags
 * @param notFound the refusal of an id that names none of it
 */
public record Tagged(
        String collection,
        String table,
        String alias,
        String from,
        String networkOwner,
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
