/** Who has which role where. */
@NullMarked
package org.sluice.controller.identity.assignment;

import org.jspecify.annotations.NullMarked;
