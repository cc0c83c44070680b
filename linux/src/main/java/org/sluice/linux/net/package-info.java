/**
 * Links, virtual functions, bridges, addresses and routes by rtnetlink: verbs that read like the {@code ip} command they replace.
 * {@link org.sluice.linux.net.Links} is the door.
 */
@NullMarked
package org.sluice.linux.net;

import org.jspecify.annotations.NullMarked;
