/** What the table of routes says of itself: documents for people, OpenAPI for programs. */
@NullMarked
package org.sluice.controller.http.reference;

import org.jspecify.annotations.NullMarked;
