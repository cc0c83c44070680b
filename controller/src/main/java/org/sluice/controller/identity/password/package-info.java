/** Password hashes, and the door before them: who may try, how often, and in which turn. */
@NullMarked
package org.sluice.controller.identity.password;

import org.jspecify.annotations.NullMarked;
