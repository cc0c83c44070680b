/** How tokens are had, shown and ended. */
@NullMarked
package org.sluice.controller.identity.login;

import org.jspecify.annotations.NullMarked;
