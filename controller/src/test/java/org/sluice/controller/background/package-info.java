/** Tests of what mends the books: a wrong state made by hand, and what is right after one look. */
@NullMarked
package org.sluice.controller.background;

import org.jspecify.annotations.NullMarked;
