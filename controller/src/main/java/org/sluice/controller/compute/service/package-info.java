/** {@code /os-services}: the agents of hosts, by the name that nova has for them. */
@NullMarked
package org.sluice.controller.compute.service;

import org.jspecify.annotations.NullMarked;
