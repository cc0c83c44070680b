/** Tests that hold the whole program together. */
@NullMarked
package org.sluice;

import org.jspecify.annotations.NullMarked;
