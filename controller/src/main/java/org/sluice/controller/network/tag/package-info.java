/** {@code .../tags}: the tags of any resource. */
@NullMarked
package org.sluice.controller.network.tag;

import org.jspecify.annotations.NullMarked;
