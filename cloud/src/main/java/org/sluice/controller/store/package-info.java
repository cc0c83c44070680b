/** PostgreSQL, the only thing that keeps state: the pool, the migrations, and the feed that wakes whoever waits. */
@NullMarked
package org.sluice.controller.store;

import org.jspecify.annotations.NullMarked;
