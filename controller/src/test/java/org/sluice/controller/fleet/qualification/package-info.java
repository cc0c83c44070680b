@NullMarked
package org.sluice.controller.fleet.qualification;

import org.jspecify.annotations.NullMarked;
