/** {@code /servers}: everything about servers but their tags. */
@NullMarked
package org.sluice.controller.compute.server;

import org.jspecify.annotations.NullMarked;
