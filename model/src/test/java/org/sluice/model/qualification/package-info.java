@NullMarked
package org.sluice.model.qualification;

import org.jspecify.annotations.NullMarked;
