/**
 * The searches of RFC 2544, RFC 9004 and RFC 9971 (MLRsearch) as pure code: what to try next and what the answers mean. Nothing
 * here sends a frame, starts a thread or looks at a clock: {@link org.sluice.traffic.search.Trials} and
 * {@link org.sluice.traffic.search.Bursts} do that for it.
 *
 * <p>All loads are frames per second, as intended by the tester and for one interface. A trial in which the tester itself was the
 * limit says nothing about the device: it never counts as a loss, and a result that rests on such a limit says so.
 */
@NullMarked
package org.sluice.traffic.search;

import org.jspecify.annotations.NullMarked;
