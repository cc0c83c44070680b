/** Actions that give a server another flavor, and say whether it is to stay so. */
@NullMarked
package org.sluice.controller.compute.resize;

import org.jspecify.annotations.NullMarked;
