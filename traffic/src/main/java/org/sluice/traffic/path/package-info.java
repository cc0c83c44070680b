/** From what a person asks for (interfaces, addresses, tags) to the streams of a test: looks up, asks neighbours, checks first. */
@NullMarked
package org.sluice.traffic.path;

import org.jspecify.annotations.NullMarked;
