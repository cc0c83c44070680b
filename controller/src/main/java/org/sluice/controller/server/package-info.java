/**
 * The server: its states and every transition between them, what its host is to make of it, and the record of what was asked of
 * it. Nothing else writes these columns.
 */
@NullMarked
package org.sluice.controller.server;

import org.jspecify.annotations.NullMarked;
