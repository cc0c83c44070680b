/**
 * The vocabulary of the field: typed identifiers, addresses, segments, problems. No I/O; knows nothing of HTTP, SQL or
 * Linux.
 */
@NullMarked
package org.sluice.model;

import org.jspecify.annotations.NullMarked;
