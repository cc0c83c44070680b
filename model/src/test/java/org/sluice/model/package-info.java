@NullMarked
package org.sluice.model;

import org.jspecify.annotations.NullMarked;
