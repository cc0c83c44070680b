/**
 * What a listener lets in, before any route is asked: how many connections, how their requests are framed, how long they may
 * take, how many bytes they may keep in the heap and how often they may come. Helidon reads only what this package has
 * already found to be a sound request.
 */
@NullMarked
package org.sluice.controller.http.door;

import org.jspecify.annotations.NullMarked;
