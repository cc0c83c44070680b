/**
 * What the operator says about the fleet, and what Sluice has to show of it that OpenStack has no word for: hosts and their
 * cards, physical networks and what belongs to them, lease books, reasons of placements, and the import of OpenStack's own
 * configuration files.
 */
@NullMarked
package org.sluice.controller.fleet;

import org.jspecify.annotations.NullMarked;
