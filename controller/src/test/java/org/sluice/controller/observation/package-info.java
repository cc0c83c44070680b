/** Tests of what operators see. */
@NullMarked
package org.sluice.controller.observation;

import org.jspecify.annotations.NullMarked;
