@NullMarked
package org.sluice.controller.operation;

import org.jspecify.annotations.NullMarked;
