/** {@code /flavors}: sizes of servers, their extra specs, and who may use them. */
@NullMarked
package org.sluice.controller.compute.flavor;

import org.jspecify.annotations.NullMarked;
