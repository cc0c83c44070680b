/** Actions that lock servers against changes, and unlock them. */
@NullMarked
package org.sluice.controller.compute.lock;

import org.jspecify.annotations.NullMarked;
