/** Tests of the Identity API. */
@NullMarked
package org.sluice.controller.identity;

import org.jspecify.annotations.NullMarked;
