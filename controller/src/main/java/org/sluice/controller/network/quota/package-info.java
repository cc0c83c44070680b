/** {@code /quotas}: there are no limits. */
@NullMarked
package org.sluice.controller.network.quota;

import org.jspecify.annotations.NullMarked;
