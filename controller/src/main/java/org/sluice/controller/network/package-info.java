/** The Network API v2.0, a folder a resource; this one holds its table of contents. */
@NullMarked
package org.sluice.controller.network;

import org.jspecify.annotations.NullMarked;
