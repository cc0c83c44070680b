package org.sluice.traffic.check;

import java.util.OptionalLong;

/**
 * What an {@link Impairer} did to one stream, counted when it was done.
 *
 * @param arrived frames that came to it
 * @param dropped frames it did not forward
 * @param duplicated frames it forwarded twice
 * @param overtaken frames it forwarded after frames that had come later
 * @param flipped frames it forwarded with a bit turned over
 * @param lastMissing the highest sequence number of those dropped and flipped
 */
record Planted(long arrived, long dropped, long duplicated, long overtaken, long flipped, OptionalLong lastMissing) {}
