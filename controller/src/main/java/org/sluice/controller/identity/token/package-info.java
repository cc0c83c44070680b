/** Signed tokens, what they die of before their time, and the changes that end them. */
@NullMarked
package org.sluice.controller.identity.token;

import org.jspecify.annotations.NullMarked;
