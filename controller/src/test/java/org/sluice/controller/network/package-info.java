/** Tests of the Network API, through HTTP where a user would come in and through the seams that other packages use. */
@NullMarked
package org.sluice.controller.network;

import org.jspecify.annotations.NullMarked;
