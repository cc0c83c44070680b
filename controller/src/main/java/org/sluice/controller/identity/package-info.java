/**
 * Identity API v3, a folder a resource; this one holds its table of contents. Tokens are signed, and every controller verifies
 * them without a database read.
 */
@NullMarked
package org.sluice.controller.identity;

import org.jspecify.annotations.NullMarked;
