@NullMarked
package org.sluice.controller.fleet.importing;

import org.jspecify.annotations.NullMarked;
