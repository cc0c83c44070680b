/**
 * Identity API v3: who may ask, signed tokens that every controller verifies without a database read, and the catalog
 * that leads clients to the other APIs.
 */
@NullMarked
package org.sluice.controller.identity;

import org.jspecify.annotations.NullMarked;
