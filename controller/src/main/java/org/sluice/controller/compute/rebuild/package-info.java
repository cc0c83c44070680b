/** The action that makes a server anew, with its id, its claim and its ports. */
@NullMarked
package org.sluice.controller.compute.rebuild;

import org.jspecify.annotations.NullMarked;
