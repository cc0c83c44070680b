@NullMarked
package org.sluice.controller.host;

import org.jspecify.annotations.NullMarked;
