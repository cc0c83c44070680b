/**
 * What operators see of a running controller: metrics, whether it lives and is ready, a line for every request, and the audit
 * events of every change. The only room that knows Micrometer. The others do not know it: they count, and are asked.
 */
@NullMarked
package org.sluice.controller.observation;

import org.jspecify.annotations.NullMarked;
