/** {@code /policy}: every rule in force. */
@NullMarked
package org.sluice.controller.fleet.policy;

import org.jspecify.annotations.NullMarked;
