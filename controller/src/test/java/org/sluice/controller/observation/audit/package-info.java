/** Tests of the audit log. */
@NullMarked
package org.sluice.controller.observation.audit;

import org.jspecify.annotations.NullMarked;
