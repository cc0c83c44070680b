/** {@code /servers/ID/metadata}: key-value pairs, which the guest reads, too. */
@NullMarked
package org.sluice.controller.compute.metadata;

import org.jspecify.annotations.NullMarked;
