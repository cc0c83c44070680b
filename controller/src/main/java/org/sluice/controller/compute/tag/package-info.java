/** {@code /servers/ID/tags}: words by which servers are found. */
@NullMarked
package org.sluice.controller.compute.tag;

import org.jspecify.annotations.NullMarked;
