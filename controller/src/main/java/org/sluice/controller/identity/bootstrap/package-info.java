/** Who is there before anybody asked the API: the first users of an empty database, and the way back in for its owner. */
@NullMarked
package org.sluice.controller.identity.bootstrap;

import org.jspecify.annotations.NullMarked;
