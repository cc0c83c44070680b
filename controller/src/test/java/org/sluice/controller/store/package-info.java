/** Tests of the store, and the database that other tests use. */
@NullMarked
package org.sluice.controller.store;

import org.jspecify.annotations.NullMarked;
