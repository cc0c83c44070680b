/** Tests of tokens. */
@NullMarked
package org.sluice.controller.identity.token;

import org.jspecify.annotations.NullMarked;
