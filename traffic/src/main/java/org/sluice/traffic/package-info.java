/**
 * Measures the path between two interfaces as RFC 2544 and its successors ask. {@code frame} lays frames out, {@code engine}
 * sends and counts them, {@code trial} holds what one trial found, {@code search} chooses the next trial, {@code procedure}
 * strings trials into tests, {@code scenario} builds paths to measure ({@code machine}: the virtual machines on them), {@code report} tells
 * the result.
 */
@NullMarked
package org.sluice.traffic;

import org.jspecify.annotations.NullMarked;
