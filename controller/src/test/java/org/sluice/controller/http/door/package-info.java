/** Tests of what stands before a listener, over connections that send just the bytes a test says. */
@NullMarked
package org.sluice.controller.http.door;

import org.jspecify.annotations.NullMarked;
