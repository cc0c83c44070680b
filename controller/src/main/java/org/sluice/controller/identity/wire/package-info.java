/** What all rooms of the Identity API share on the wire: faults, refusals, pages, links, identifiers, filters, and the one domain. */
@NullMarked
package org.sluice.controller.identity.wire;

import org.jspecify.annotations.NullMarked;
