/** Tests of Sluice's own API and of the import of OpenStack's files. */
@NullMarked
package org.sluice.controller.fleet;

import org.jspecify.annotations.NullMarked;
