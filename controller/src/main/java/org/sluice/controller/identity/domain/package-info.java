/** The one domain. */
@NullMarked
package org.sluice.controller.identity.domain;

import org.jspecify.annotations.NullMarked;
