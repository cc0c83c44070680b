/**
 * What a controller and an agent say to each other, as records: inventory and reports upwards, the desired state of one
 * host downwards. Both sides depend on this package and never on each other.
 */
@NullMarked
package org.sluice.model.protocol;

import org.jspecify.annotations.NullMarked;
