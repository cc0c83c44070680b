package org.sluice.controller.observation.audit;

import java.time.OffsetDateTime;
import org.sluice.controller.store.Origin;

/** A change that an operator's route refused: 403 or 409. */
record Refused(OffsetDateTime at, Origin origin, int status) {}
