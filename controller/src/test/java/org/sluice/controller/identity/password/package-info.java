/** Tests of password checks. */
@NullMarked
package org.sluice.controller.identity.password;

import org.jspecify.annotations.NullMarked;
