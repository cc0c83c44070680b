/**
 * The edge that every API family shares: routes, requests, replies, faults, tokens. Helidon ends here; a route sees only
 * {@link org.sluice.controller.http.Exchange} and returns a {@link org.sluice.controller.http.Reply}.
 */
@NullMarked
package org.sluice.controller.http;

import org.jspecify.annotations.NullMarked;
