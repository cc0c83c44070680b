/** Request entities: from bounded bytes to checked values. */
@NullMarked
package org.sluice.controller.http.body;

import org.jspecify.annotations.NullMarked;
