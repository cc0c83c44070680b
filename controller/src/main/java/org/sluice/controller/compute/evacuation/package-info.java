/** The action that builds a server anew on another host, because its own is down. */
@NullMarked
package org.sluice.controller.compute.evacuation;

import org.jspecify.annotations.NullMarked;
