/** Hosts as operators see them; hypervisors, services and zones are views of them. */
@NullMarked
package org.sluice.controller.compute.host;

import org.jspecify.annotations.NullMarked;
