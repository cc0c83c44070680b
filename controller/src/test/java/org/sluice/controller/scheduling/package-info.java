/** Tests of filters, claims and releases. */
@NullMarked
package org.sluice.controller.scheduling;

import org.jspecify.annotations.NullMarked;
