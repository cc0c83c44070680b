/** Roles, and which implies which. */
@NullMarked
package org.sluice.controller.identity.role;

import org.jspecify.annotations.NullMarked;
