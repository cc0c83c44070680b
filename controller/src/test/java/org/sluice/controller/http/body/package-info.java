/** Request entities. */
@NullMarked
package org.sluice.controller.http.body;

import org.jspecify.annotations.NullMarked;
