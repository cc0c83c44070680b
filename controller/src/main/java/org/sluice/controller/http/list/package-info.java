/** Lists: filters, sort keys and pages by key, declared per resource and streamed. */
@NullMarked
package org.sluice.controller.http.list;

import org.jspecify.annotations.NullMarked;
