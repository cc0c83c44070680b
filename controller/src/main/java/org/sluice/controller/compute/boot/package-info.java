/** {@code POST /servers}: what a request for servers may say, and what is made of it. */
@NullMarked
package org.sluice.controller.compute.boot;

import org.jspecify.annotations.NullMarked;
