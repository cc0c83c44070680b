/** {@code /limits} and {@code /os-quota-sets}: what a project uses, and that nothing limits it. */
@NullMarked
package org.sluice.controller.compute.limit;

import org.jspecify.annotations.NullMarked;
