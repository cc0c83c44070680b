/** What a test frame looks like: sizes, mixes, flows, headers, the signature that tells ours from others, and line rates. Pure. */
@NullMarked
package org.sluice.traffic.frame;

import org.jspecify.annotations.NullMarked;
