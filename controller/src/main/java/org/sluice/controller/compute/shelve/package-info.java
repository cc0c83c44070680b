/** {@code shelve}, {@code shelveOffload}, {@code unshelve}: servers that leave their hosts for an image, and come back. */
@NullMarked
package org.sluice.controller.compute.shelve;

import org.jspecify.annotations.NullMarked;
