/**
 * What a measurement of a host says before the host takes servers, and what it is compared with. The member names of the JSON
 * form are those of {@code /sluice/v1}.
 */
@NullMarked
package org.sluice.model.qualification;

import org.jspecify.annotations.NullMarked;
