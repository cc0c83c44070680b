/** {@code /join-tokens}: with which hosts join. */
@NullMarked
package org.sluice.controller.fleet.jointoken;

import org.jspecify.annotations.NullMarked;
