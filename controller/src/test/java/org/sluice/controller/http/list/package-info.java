/** Tests of lists. */
@NullMarked
package org.sluice.controller.http.list;

import org.jspecify.annotations.NullMarked;
