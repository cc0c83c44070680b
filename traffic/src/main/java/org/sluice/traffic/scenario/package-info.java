/**
 * Paths to measure that are built for the purpose: namespaces, bridges, virtual machines and VFs, each written down before it is made
 * so that it goes away again, whatever happens.
 */
@NullMarked
package org.sluice.traffic.scenario;

import org.jspecify.annotations.NullMarked;
