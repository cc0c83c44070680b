/** Network namespaces: named ones as {@code ip netns} keeps them, nameless ones, and work done inside them. */
@NullMarked
package org.sluice.linux.namespace;

import org.jspecify.annotations.NullMarked;
