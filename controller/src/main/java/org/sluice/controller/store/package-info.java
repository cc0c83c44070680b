/**
 * PostgreSQL, the only thing that keeps state: the pool, the migrations, transactions that are run again after a deadlock, the
 * feed that wakes whoever waits, and the server that Sluice starts when it is given none.
 */
@NullMarked
package org.sluice.controller.store;

import org.jspecify.annotations.NullMarked;
