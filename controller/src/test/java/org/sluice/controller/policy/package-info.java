@NullMarked
package org.sluice.controller.policy;

import org.jspecify.annotations.NullMarked;
