/**
 * What mends the books beside the requests: one reconciler a file, whose Javadoc states the exact predicate of what it mends, and
 * what looks similar and stays.
 */
@NullMarked
package org.sluice.controller.background;

import org.jspecify.annotations.NullMarked;
