/**
 * The agents' side of the controller: inventory and reports come in, the desired state of one host goes out. The protocol's
 * records are in {@link org.sluice.model.protocol}; a host is who its client certificate says.
 */
@NullMarked
package org.sluice.controller.agents;

import org.jspecify.annotations.NullMarked;
