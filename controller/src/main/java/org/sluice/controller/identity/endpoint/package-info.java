/** The endpoints of the catalog. */
@NullMarked
package org.sluice.controller.identity.endpoint;

import org.jspecify.annotations.NullMarked;
