/** Projects and their tags. */
@NullMarked
package org.sluice.controller.identity.project;

import org.jspecify.annotations.NullMarked;
