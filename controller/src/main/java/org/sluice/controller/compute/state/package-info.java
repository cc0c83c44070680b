/** The action by which an operator says what state a server is in. */
@NullMarked
package org.sluice.controller.compute.state;

import org.jspecify.annotations.NullMarked;
