/** Users. */
@NullMarked
package org.sluice.controller.identity.user;

import org.jspecify.annotations.NullMarked;
