/** What a run found, as records with a documented JSON form, and its writers: text, JSON, CSV, HTML, PNG. */
@NullMarked
package org.sluice.traffic.report;

import org.jspecify.annotations.NullMarked;
