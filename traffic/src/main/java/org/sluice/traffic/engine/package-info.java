/**
 * Sends, counts and times frames: one {@link org.sluice.traffic.engine.TestPath} for the interfaces of a run, one
 * {@link org.sluice.traffic.engine.Measurement} for each frame size, one {@link org.sluice.traffic.engine.SendLoop} and
 * {@link org.sluice.traffic.engine.ReceiveLoop} on a pinned thread of their own for each interface. The loops allocate nothing.
 */
@NullMarked
package org.sluice.traffic.engine;

import org.jspecify.annotations.NullMarked;
