/** Who changed what: the events that the database's triggers write, what was refused, and the list of both. */
@NullMarked
package org.sluice.controller.observation.audit;

import org.jspecify.annotations.NullMarked;
